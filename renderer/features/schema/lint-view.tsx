import { CircleAlert, CircleCheck, Copy, Info, SearchX, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { LintFinding, LintSeverity } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { copyText } from '../../lib/clipboard.ts';
import { formatCount } from '../../lib/format-values.ts';
import { useLint } from './explorer-queries.ts';
import { hrefOfPlace } from './places.ts';
import type { Source } from './sources.ts';

const text = copy.explorer.lint;
const severities = ['error', 'warning', 'info'] as const;
/** More than this are found by searching. */
const shownFindings = 300;

/** What a careful reader would remark about the schema, with what would mend it. */
export function LintView({ source }: { source: Source }) {
  const lint = useLint(source.id);
  if (lint.error) {
    return (
      <div className="p-6">
        <FailureNotice title={text.failed} error={lint.error} onRetry={() => void lint.refetch()} />
      </div>
    );
  }
  if (!lint.data) {
    return (
      <div className="empty-state" role="status">
        <Spinner size={24} />
        {text.reading}
      </div>
    );
  }
  if (lint.data.findings.length === 0) {
    return <EmptyState icon={CircleCheck} title={text.none} hint={text.noneHint} />;
  }
  return <Findings source={source} findings={lint.data.findings} />;
}

function Findings({ source, findings }: { source: Source; findings: LintFinding[] }) {
  const [severity, setSeverity] = useState<LintSeverity>();
  const [search, setSearch] = useState('');
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = findings.filter((finding) => {
    const line =
      `${finding.title} ${text.rules[finding.rule]} ${finding.namespace}.${finding.table}`.toLowerCase();
    return (
      (severity === undefined || finding.severity === severity) && words.every((word) => line.includes(word))
    );
  });
  return (
    <section aria-label={text.title} className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-none flex-wrap items-center gap-3 border-b border-border px-6 py-3">
        <div role="group" aria-label={text.filter} className="flex gap-1">
          <SeverityButton
            title={text.all}
            count={findings.length}
            pressed={severity === undefined}
            onPress={() => setSeverity(undefined)}
          />
          {severities.map((one) => (
            <SeverityButton
              key={one}
              title={text.severities[one]}
              count={findings.filter((finding) => finding.severity === one).length}
              pressed={severity === one}
              onPress={() => setSeverity(one)}
            />
          ))}
        </div>
        <input
          type="search"
          className="input small w-[240px]"
          aria-label={text.search}
          placeholder={text.search}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <span className="text-s text-text-2" role="status">
          {text.count(found.length)}
        </span>
        <span className="grow" />
        <span className="text-s text-text-2">{text.note}</span>
      </div>
      {found.length === 0 ? (
        <EmptyState icon={SearchX} title={text.noMatch} hint={text.noMatchHint} />
      ) : (
        <ul
          className="scroll grid min-h-0 flex-1 content-start gap-3 p-6"
          tabIndex={0}
          aria-label={text.title}
        >
          {found.slice(0, shownFindings).map((finding, at) => (
            // Two findings may be alike but for their place.
            <Finding key={`${at}-${finding.title}`} source={source} finding={finding} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface SeverityButtonProps {
  title: string;
  count: number;
  pressed: boolean;
  onPress(): void;
}

function SeverityButton({ title, count, pressed, onPress }: SeverityButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className="min-h-[28px] rounded-m border border-border px-3 text-s hover:bg-surface-3 aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent"
    >
      {title} <span className="tabular-nums">{formatCount(count)}</span>
    </button>
  );
}

const icons = { error: CircleAlert, warning: TriangleAlert, info: Info };
const tones = { error: 'text-danger', warning: 'text-warning', info: 'text-accent' };

function Finding({ source, finding }: { source: Source; finding: LintFinding }) {
  const toast = useToast();
  const { severity, rule, title, explanation, ddl, namespace, table } = finding;
  const Icon = icons[severity];
  async function copyDdl(): Promise<void> {
    toast((await copyText(ddl ?? '')) ? copy.common.copied : copy.common.copyFailed);
  }
  return (
    <li className="card flex gap-3 p-4">
      <Icon
        aria-label={text.severity[severity]}
        role="img"
        size={20}
        className={`flex-none ${tones[severity]}`}
      />
      <div className="grid min-w-0 flex-1 gap-1">
        <p className="font-[650] [overflow-wrap:anywhere]">{title}</p>
        <p className="text-s text-text-2">
          {text.rules[rule]} ·{' '}
          <a href={hrefOfPlace({ sourceId: source.id, view: 'table', table: `${namespace}.${table}` })}>
            {text.openTable(table)}
          </a>
        </p>
        <p className="max-w-[90ch]">{explanation}</p>
        {ddl !== undefined && (
          <div className="mt-1 flex items-start gap-2 rounded-m bg-surface-2 py-1 pr-1 pl-3">
            <pre className="m-0 min-w-0 flex-1 py-1 whitespace-pre-wrap [overflow-wrap:anywhere]">{ddl}</pre>
            <Button
              variant="ghost"
              small
              icon={Copy}
              aria-label={`${text.copyDdl}: ${title}`}
              onClick={() => void copyDdl()}
            >
              {copy.common.copy}
            </Button>
          </div>
        )}
      </div>
    </li>
  );
}
