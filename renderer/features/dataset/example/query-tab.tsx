import { Copy } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { ExampleDetail } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { copyText } from '../../../lib/clipboard.ts';
import { layOutSql } from '../../../lib/lay-out-sql.ts';
import { keep, readKept } from '../kept.ts';
import { AnswersSection } from './answers-section.tsx';
import type { useLiveProof } from './use-live-proof.ts';

const SqlDiff = lazy(async () => ({
  default: (await import('../../../components/sql-diff/sql-diff.tsx')).SqlDiff,
}));

const text = copy.dataset.diff;

interface QueryTabProps {
  example: ExampleDetail;
  live: ReturnType<typeof useLiveProof>;
}

/** Both gold queries as a diff, and both results. */
export function QueryTab({ example, live }: QueryTabProps) {
  return (
    <div className="grid gap-6">
      <DiffSection sqlite={example.sqliteSql} postgres={example.sql} formatted={example.formattedSql} />
      <AnswersSection example={example} live={live} />
    </div>
  );
}

interface DiffSectionProps {
  sqlite: string;
  postgres: string;
  formatted: string;
}

function DiffSection({ sqlite, postgres, formatted }: DiffSectionProps) {
  const [isUnified, setUnified] = useState(readKept('diff.unified') === true);
  const [countsCase, setCountsCase] = useState(readKept('diff.case') === true);
  const [before, after] = [layOutSql(sqlite), layOutSql(postgres)];
  const isSame = postgres !== '' && before.toLowerCase() === after.toLowerCase();
  return (
    <section className="grid gap-2" aria-label={text.title}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h3 className="m-0 flex-1 text-m font-semibold">{text.title}</h3>
        <ViewChooser
          isUnified={isUnified}
          onChoose={(next) => {
            keep('diff.unified', next);
            setUnified(next);
          }}
        />
        <label className="flex items-center gap-2 text-s" title={text.ignoreCaseHint}>
          <input
            type="checkbox"
            className="m-0 accent-accent"
            checked={countsCase}
            onChange={({ target }) => {
              keep('diff.case', target.checked);
              setCountsCase(target.checked);
            }}
          />
          {text.ignoreCase}
        </label>
      </div>
      <div className="overflow-hidden rounded-m border border-border">
        {!isUnified && (
          <div className="grid grid-cols-2 border-b border-border text-xs font-semibold text-text-2">
            <span className="px-3 py-1">{text.sqlite}</span>
            <span className="border-l border-border px-3 py-1">{text.postgres}</span>
          </div>
        )}
        <Suspense fallback={<Fallback sql={before} />}>
          <SqlDiff
            before={before}
            after={after}
            beforeLabel={text.sqlite}
            afterLabel={text.postgres}
            beforeDialect="sqlite"
            isUnified={isUnified}
            ignoresCase={!countsCase}
          />
        </Suspense>
      </div>
      {isSame && <p className="text-s text-text-2">{text.same}</p>}
      {postgres === '' && <p className="text-s text-warning">{text.noSql}</p>}
      <CopyButtons sqlite={sqlite} formatted={formatted} />
    </section>
  );
}

function Fallback({ sql }: { sql: string }) {
  return (
    <div className="flex items-start gap-2 p-3">
      <Spinner />
      <pre className="m-0 whitespace-pre-wrap">{sql}</pre>
    </div>
  );
}

function ViewChooser({ isUnified, onChoose }: { isUnified: boolean; onChoose(isUnified: boolean): void }) {
  return (
    <fieldset className="segmented m-0 border-0" aria-label={text.view}>
      {[false, true].map((unified) => (
        <label key={String(unified)}>
          <input
            type="radio"
            name="diff-view"
            checked={isUnified === unified}
            onChange={() => onChoose(unified)}
          />
          {unified ? text.unified : text.split}
        </label>
      ))}
    </fieldset>
  );
}

function CopyButtons({ sqlite, formatted }: { sqlite: string; formatted: string }) {
  const toast = useToast();
  const copyIt = async (sql: string): Promise<void> =>
    toast((await copyText(sql)) ? copy.common.copied : copy.common.copyFailed);
  return (
    <div className="flex gap-1">
      <Button variant="ghost" small icon={Copy} onClick={() => void copyIt(sqlite)}>
        {text.copySqlite}
      </Button>
      <Button
        variant="ghost"
        small
        icon={Copy}
        disabled={formatted === ''}
        onClick={() => void copyIt(formatted)}
      >
        {text.copyPostgres}
      </Button>
    </div>
  );
}
