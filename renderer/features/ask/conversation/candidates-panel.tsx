import { Check, Split, Vote } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { Answer, Candidate } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { copy } from '../../../copy.ts';
import { OutcomeMark } from '../outcome-mark.tsx';
import { PreviewTable } from './preview-table.tsx';

const SqlDiff = lazy(() =>
  import('../../../components/sql-diff/sql-diff.tsx').then((module) => ({ default: module.SqlDiff })),
);

interface CandidatesPanelProps {
  answer: Answer | undefined;
  disabled: boolean;
  onTake(candidate: Candidate): void;
}

const texts = copy.conversation.candidates;

/** Every statement that was considered, those with the same result together, with what it gave. */
export function CandidatesPanel({ answer, disabled, onTake }: CandidatesPanelProps) {
  const candidates = answer?.candidates ?? [];
  if (!answer || candidates.length === 0) {
    return <EmptyState icon={Vote} title={texts.emptyTitle} hint={texts.emptyHint} />;
  }
  const groups = groupByVote(candidates);
  const ran = groups.filter(([first]) => first?.preview);
  return (
    <section
      className="scroll grid min-h-0 flex-1 content-start gap-3 p-4"
      tabIndex={0}
      aria-label={texts.label}
    >
      <p className="m-0 text-s text-text-2">{texts.intro(candidates.length, ran.length)}</p>
      {groups.map((group, at) => (
        <CandidateGroup
          key={group[0]?.sql}
          title={texts.group(at + 1)}
          group={group}
          chosen={answer.sql}
          disabled={disabled}
          onTake={onTake}
        />
      ))}
    </section>
  );
}

/** Candidates come in their groups: those that agree stand together and have one share and as many votes as there are. */
function groupByVote(candidates: readonly Candidate[]): Candidate[][] {
  const groups: Candidate[][] = [];
  for (const candidate of candidates) {
    const last = groups.at(-1);
    const isOpen =
      last !== undefined && last.length < (last[0]?.votes ?? 0) && candidate.share === last[0]?.share;
    if (isOpen) last.push(candidate);
    else groups.push([candidate]);
  }
  return groups;
}

interface CandidateGroupProps {
  title: string;
  group: Candidate[];
  chosen: string;
  disabled: boolean;
  onTake(candidate: Candidate): void;
}

function CandidateGroup({ title, group, chosen, disabled, onTake }: CandidateGroupProps) {
  const [first] = group;
  if (!first) return null;
  const { votes, share = 0, preview } = first;
  return (
    <section className="rounded-m border border-solid border-border bg-surface" aria-label={title}>
      <header className="flex flex-wrap items-center gap-3 px-3 py-2 text-s">
        <h3 className="m-0 text-s">{title}</h3>
        <ShareBar share={share} />
        <span>{texts.share(share)}</span>
        <span className="text-text-2">{texts.votes(votes)}</span>
        <span className="text-text-2">
          {preview && copy.conversation.rows(preview.rowCount, preview.truncated)}
        </span>
      </header>
      <ul className="m-0 grid list-none gap-px p-0">
        {group.map((candidate) => (
          <CandidateItem
            key={candidate.sql}
            candidate={candidate}
            chosen={chosen}
            disabled={disabled}
            onTake={() => onTake(candidate)}
          />
        ))}
      </ul>
      {preview && preview.rowCount > 0 && (
        <PreviewTable label={`${title}: ${texts.preview}`} preview={preview} />
      )}
      {preview?.rowCount === 0 && <p className="m-0 px-3 pb-3 text-s text-text-2">{texts.noRows}</p>}
    </section>
  );
}

function ShareBar({ share }: { share: number }) {
  return (
    <span className="h-2 w-24 overflow-hidden rounded-s bg-surface-3" aria-hidden>
      <span className="block h-full bg-accent" style={{ width: `${Math.round(share * 100)}%` }} />
    </span>
  );
}

interface CandidateItemProps {
  candidate: Candidate;
  chosen: string;
  disabled: boolean;
  onTake(): void;
}

function CandidateItem({ candidate, chosen, disabled, onTake }: CandidateItemProps) {
  const [compares, setCompares] = useState(false);
  const { sql, outcome, message } = candidate;
  const isChosen = sql === chosen;
  return (
    <li className="border-0 border-t border-solid border-border">
      <div className="flex flex-wrap items-center gap-2 px-3 pt-2 text-s">
        {isChosen && <span className="badge">{texts.chosen}</span>}
        <OutcomeMark outcome={outcome} />
        {message && <span className="min-w-0 flex-1 text-text-2 wrap-anywhere">{message}</span>}
        <span className="grow" />
        {!isChosen && (
          <>
            <Button
              variant="ghost"
              small
              icon={Split}
              aria-expanded={compares}
              onClick={() => setCompares(!compares)}
            >
              {texts.showDifference}
            </Button>
            <Button small icon={Check} disabled={disabled} onClick={onTake}>
              {texts.use}
            </Button>
          </>
        )}
      </div>
      {compares ? (
        <Suspense fallback={<Statement sql={sql} />}>
          <SqlDiff
            before={chosen}
            after={sql}
            beforeLabel={texts.before}
            afterLabel={texts.after}
            isUnified
            ignoresCase={false}
          />
        </Suspense>
      ) : (
        <Statement sql={sql} />
      )}
    </li>
  );
}

function Statement({ sql }: { sql: string }) {
  return <pre className="m-0 px-3 pt-1 pb-2 font-mono text-s wrap-anywhere whitespace-pre-wrap">{sql}</pre>;
}
