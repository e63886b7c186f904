import { Copy, ScrollText } from 'lucide-react';
import type { ExampleDetail } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { copyText } from '../../../lib/clipboard.ts';

const text = copy.dataset.prompt;

/** The very texts of the split's line, with their tokens. */
export function PromptTab({ example: { prompt } }: { example: ExampleDetail }) {
  if (prompt === undefined) return <EmptyState icon={ScrollText} title={text.none} hint={text.noneHint} />;
  const { promptTokens, completionTokens, linkedTables } = prompt;
  return (
    <div className="grid gap-6">
      <div className="text-s text-text-2">
        <p>{text.total(promptTokens + completionTokens)}</p>
        {linkedTables === undefined ? (
          <p>{text.allTables}</p>
        ) : (
          <p>
            {text.linked}:{' '}
            {linkedTables.map((table) => (
              <code key={table} className="badge mr-1">
                {table}
              </code>
            ))}
          </p>
        )}
      </div>
      <TextSection
        title={text.prompt}
        copyLabel={text.copyPrompt}
        tokens={promptTokens}
        content={prompt.prompt}
      />
      <TextSection
        title={text.completion}
        copyLabel={text.copyCompletion}
        tokens={completionTokens}
        content={prompt.completion}
      />
    </div>
  );
}

interface TextSectionProps {
  title: string;
  copyLabel: string;
  tokens: number;
  content: string;
}

function TextSection({ title, copyLabel, tokens, content }: TextSectionProps) {
  const toast = useToast();
  return (
    <section className="grid gap-2" aria-label={title}>
      <div className="flex items-center gap-2">
        <h3 className="m-0 text-m font-semibold">{title}</h3>
        <span className="badge">{text.tokens(tokens)}</span>
        <span className="grow" />
        <Button
          variant="ghost"
          small
          icon={Copy}
          onClick={() =>
            void copyText(content).then((copied) =>
              toast(copied ? copy.common.copied : copy.common.copyFailed),
            )
          }
        >
          {copyLabel}
        </Button>
      </div>
      <pre className="prompt-text scroll m-0!" tabIndex={0}>
        {content}
      </pre>
    </section>
  );
}
