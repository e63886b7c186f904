import { CornerDownLeft, Lightbulb, MessageSquarePlus } from 'lucide-react';
import type { KeyboardEvent, Ref } from 'react';
import type { DemoQuestion, TableScope, Turn } from '../../../core/contract/index.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { MenuButton } from '../../components/menu-button.tsx';
import { Switch } from '../../components/switch.tsx';
import { copy } from '../../copy.ts';
import { ScopeChip } from './conversation/scope-chip.tsx';
import { FollowUpChip } from './follow-up-chip.tsx';
import { setPreference, usePreferences } from '../../lib/preferences.ts';

/** The contract's own limit. */
const longestQuestion = 2_000;

interface QuestionBoxProps {
  question: string;
  databaseName: string | undefined;
  samples: DemoQuestion[];
  /** A database is chosen and reached, and nothing is running. */
  canAsk: boolean;
  /** The turn that the question will be read in the light of. */
  followsUp: Turn | undefined;
  onLeaveFollowUp(): void;
  /** Leaves the conversation for a new one; absent where there is none, or something is running. */
  onBeginAnew: (() => void) | undefined;
  /** Tables taken in or left out. */
  scope: TableScope;
  onChangeScope(): void;
  onResetScope(): void;
  onType(question: string): void;
  onAsk(question: string): void;
  onAskSample(question: string): void;
  inputRef: Ref<HTMLTextAreaElement>;
}

export function QuestionBox(props: QuestionBoxProps) {
  const { question, databaseName, samples, canAsk, onType, onAsk, inputRef } = props;
  const { runAutomatically } = usePreferences();
  const tooLong = question.trim().length > longestQuestion;
  const askable = canAsk && question.trim() !== '' && !tooLong;

  function press(event: KeyboardEvent): void {
    // While a word is being composed (Japanese, Chinese), Enter belongs to the composition.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (askable) onAsk(question);
  }

  return (
    <section className="card question-card" aria-label={copy.ask.question}>
      <textarea
        ref={inputRef}
        className="question-input scroll"
        aria-label={copy.ask.question}
        aria-invalid={tooLong}
        rows={1}
        spellCheck
        placeholder={databaseName ? copy.ask.placeholder(databaseName) : copy.ask.placeholderNone}
        value={question}
        onChange={(event) => onType(event.target.value)}
        onKeyDown={press}
      />
      {props.followsUp && <FollowUpChip turn={props.followsUp} onRemove={props.onLeaveFollowUp} />}
      <ScopeChip scope={props.scope} onChange={props.onChangeScope} onReset={props.onResetScope} />
      <div className="question-actions">
        <Switch
          label={copy.ask.runAutomatically}
          hint={copy.ask.runAutomaticallyHint}
          checked={runAutomatically}
          onChange={(checked) => setPreference('runAutomatically', checked)}
        />
        <span className="grow field-error" role={tooLong ? 'alert' : undefined}>
          {tooLong && copy.ask.tooLong(longestQuestion)}
        </span>
        {props.onBeginAnew && (
          <IconButton
            icon={MessageSquarePlus}
            label={copy.conversation.beginAnew}
            onClick={props.onBeginAnew}
          />
        )}
        {samples.length > 0 && (
          <MenuButton
            label={copy.ask.samples}
            icon={Lightbulb}
            items={samples.map((sample) => ({ id: sample.question, label: sample.question }))}
            disabled={!canAsk}
            onPick={props.onAskSample}
          />
        )}
        <Button
          variant="primary"
          icon={CornerDownLeft}
          title={copy.ask.askHint}
          disabled={!askable}
          onClick={() => onAsk(question)}
        >
          {copy.ask.ask}
        </Button>
      </div>
    </section>
  );
}
