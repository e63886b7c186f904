import {
  CircleAlert,
  CircleCheck,
  FileBox,
  Info,
  Play,
  RotateCw,
  Save,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import { useState } from 'react';
import type { RunHappening } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { Switch } from '../../../components/switch.tsx';
import { Told } from '../../../components/told.tsx';
import { copy } from '../../../copy.ts';
import { formatCount, formatMoment } from '../../../lib/format-values.ts';

const text = copy.training.events;
const shownAtFirst = 100;

const looks: Record<RunHappening['kind'], { icon: LucideIcon; tone: string }> = {
  started: { icon: Play, tone: 'text-accent' },
  resumed: { icon: RotateCw, tone: 'text-accent' },
  checkpoint: { icon: Save, tone: 'text-text-2' },
  artifact: { icon: FileBox, tone: 'text-text-2' },
  warning: { icon: TriangleAlert, tone: 'text-warning' },
  finished: { icon: CircleCheck, tone: 'text-success' },
  failed: { icon: CircleAlert, tone: 'text-danger' },
  app: { icon: Info, tone: 'text-text-2' },
};

const isWorrying = ({ kind }: RunHappening): boolean => kind === 'warning' || kind === 'failed';

/** What happened besides steps, the newest first. */
export function RunHappenings({ happenings }: { happenings: readonly RunHappening[] }) {
  const [onlyWarnings, setOnlyWarnings] = useState(false);
  const [isAll, setAll] = useState(false);
  // The trainer's own and the app's come one after the other.
  const ordered = happenings.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  const fitting = onlyWarnings ? ordered.filter(isWorrying) : ordered;
  const shown = isAll ? fitting : fitting.slice(0, shownAtFirst);
  const warnings = happenings.filter(isWorrying).length;
  return (
    <section className="card min-w-0" aria-label={text.title}>
      <div className="card-head">
        <h2>{text.title}</h2>
        <span className="text-xs text-text-2 tabular-nums">{text.count(happenings.length, warnings)}</span>
        <span className="grow" />
        <Switch
          label={text.onlyWarnings}
          hint={text.onlyWarningsHint}
          checked={onlyWarnings}
          onChange={setOnlyWarnings}
        />
      </div>
      {shown.length === 0 && (
        <p className="card-body text-s text-text-2">{onlyWarnings ? text.noWarnings : text.none}</p>
      )}
      <ol className="text-s">
        {shown.map((happening, at) => (
          <Line key={`${happening.at} ${fitting.length - at}`} happening={happening} />
        ))}
      </ol>
      {shown.length < fitting.length && (
        <div className="card-body">
          <Button small onClick={() => setAll(true)}>
            {text.showAll(fitting.length)}
          </Button>
        </div>
      )}
    </section>
  );
}

function Line({ happening: { at, kind, step, text: words, hint } }: { happening: RunHappening }) {
  const { icon: Icon, tone } = looks[kind];
  return (
    <li className="grid grid-cols-[20px_minmax(0,1fr)_auto] gap-x-3 border-b border-border px-4 py-2 last:border-b-0">
      <Icon aria-label={text.kinds[kind]} role="img" size={16} className={`mt-[2px] ${tone}`} />
      <div className="min-w-0">
        <p className="[overflow-wrap:anywhere]">{words}</p>
        {hint && (
          <p className="text-xs text-text-2 [overflow-wrap:anywhere]">
            <Told text={hint} />
          </p>
        )}
      </div>
      <p className="text-right text-xs text-text-2 tabular-nums">
        {formatMoment(at)}
        {step !== undefined && <span className="block">{text.step(formatCount(step))}</span>}
      </p>
    </li>
  );
}
