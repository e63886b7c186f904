import { ListFilter, X } from 'lucide-react';
import type { TableScope } from '../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { copy } from '../../../copy.ts';

interface ScopeChipProps {
  scope: TableScope;
  onChange(): void;
  onReset(): void;
}

const texts = copy.conversation.scope;

/** Says for as long as it holds that the model does not get all tables. */
export function ScopeChip({ scope: { include = [], exclude = [] }, onChange, onReset }: ScopeChipProps) {
  if (include.length === 0 && exclude.length === 0) return null;
  return (
    <div className="follow-up-chip" role="group" aria-label={texts.chipLabel}>
      <ListFilter aria-hidden />
      <span title={[...exclude.map((name) => `− ${name}`), ...include.map((name) => `+ ${name}`)].join('\n')}>
        {texts.chip(exclude.length, include.length)}
      </span>
      <Button variant="ghost" small onClick={onChange}>
        {texts.change}
      </Button>
      <IconButton icon={X} label={texts.reset} onClick={onReset} />
    </div>
  );
}
