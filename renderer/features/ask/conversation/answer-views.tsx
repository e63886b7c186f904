import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Candidate } from '../../../../core/contract/index.ts';
import { Spinner } from '../../../components/spinner.tsx';
import { Tabs } from '../../../components/tabs.tsx';
import { copy } from '../../../copy.ts';
import type { AskState } from '../ask-state.ts';
import { useViewActions, type View } from './use-view-actions.ts';

const CandidatesPanel = lazy(() =>
  import('./candidates-panel.tsx').then((module) => ({ default: module.CandidatesPanel })),
);

const ExplanationPanel = lazy(() =>
  import('./explanation-panel.tsx').then((module) => ({ default: module.ExplanationPanel })),
);
const PlanPanel = lazy(() =>
  import('../plan/plan-panel.tsx').then((module) => ({ default: module.PlanPanel })),
);

interface AnswerViewsProps {
  state: AskState;
  /** Whether the sheet is the one on show. */
  active: boolean;
  connectionId: string | undefined;
  canRun: boolean;
  onTakeCandidate(candidate: Candidate): void;
  onBeginAnew(): void;
  /** What can be done with the answer, beside the tabs. */
  actions: ReactNode;
  /** The rows. */
  children: ReactNode;
}

const texts = copy.conversation;

/** The rows, and behind tabs what else there is to say of the statement. The rows keep their place while hidden. */
export function AnswerViews(props: AnswerViewsProps) {
  const { state, active, connectionId, canRun, onTakeCandidate, actions, children } = props;
  const [view, setView] = useState<View>('result');
  // A plan took its time: once made, it stays while another view is on show.
  const [showsPlan, setShowsPlan] = useState(false);
  if (view === 'plan' && !showsPlan) setShowsPlan(true);
  // What is asked or run ends in rows, or in a failure that stands in their place.
  const startedAt = state.work?.startedAt;
  const [seen, setSeen] = useState(startedAt);
  if (startedAt !== undefined && startedAt !== seen) {
    setSeen(startedAt);
    setView('result');
  }
  useViewActions({ active, onShow: setView, onBeginAnew: props.onBeginAnew });
  const candidates = state.answer?.candidates ?? [];
  const tabs = [
    { id: 'result', title: texts.tabs.result },
    { id: 'candidates', title: texts.tabs.candidates(candidates.length) },
    { id: 'explanation', title: texts.tabs.explanation },
    { id: 'plan', title: texts.tabs.plan },
  ] as const;
  return (
    <div className="answer-views">
      <div className="answer-actions">{actions}</div>
      <Tabs<View> label={texts.views} tabs={tabs} chosen={view} onChoose={setView}>
        <div className="answer-view" hidden={view !== 'result'}>
          {children}
        </div>
        <Suspense fallback={<Waiting />}>
          {view === 'candidates' && (
            <CandidatesPanel answer={state.answer} disabled={!canRun} onTake={onTakeCandidate} />
          )}
          {showsPlan && (
            <div className="answer-view" hidden={view !== 'plan'}>
              <PlanPanel connectionId={connectionId} sql={state.sql} canRun={canRun} />
            </div>
          )}
          {view === 'explanation' && <ExplanationPanel connectionId={connectionId} sql={state.sql} />}
        </Suspense>
      </Tabs>
    </div>
  );
}

function Waiting() {
  return (
    <div className="empty-state" role="status">
      <Spinner size={24} />
    </div>
  );
}
