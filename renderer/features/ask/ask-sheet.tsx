import { Keyboard, PanelRight } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { AskTab } from '../../../core/contract/index.ts';
import { IconButton } from '../../components/button.tsx';
import type { SqlEditorHandle } from '../../components/sql-editor/sql-editor.tsx';
import { Pane, PaneHandle, Panes } from '../../components/panes.tsx';
import { copy } from '../../copy.ts';
import { isTextTarget } from '../../lib/keyboard.ts';
import { usePreferences } from '../../lib/preferences.ts';
import { useDemos } from '../../lib/queries.ts';
import { AnswerViews } from './conversation/answer-views.tsx';
import { AnswerActions } from './conversation/answer-actions.tsx';
import { ConversationThread } from './conversation/conversation-thread.tsx';
import { RepairDialog } from './conversation/repair-dialog.tsx';
import { DatabaseChooser } from './database-chooser.tsx';
import { DatabaseProblem, DatabaseProgress, NoDatabase } from './database-status.tsx';
import { DetailsDrawer } from './details-drawer.tsx';
import { ModelChooser } from './model-chooser.tsx';
import { ProgressRow } from './progress-row.tsx';
import { QuestionBox } from './question-box.tsx';
import { ResultPanel } from './result-panel.tsx';
import { SampleList } from './sample-list.tsx';
import { SidePanel } from './side-panel.tsx';
import { SqlPanel } from './sql-panel.tsx';
import { useAsk } from './use-ask.ts';
import { useSheetActions } from './use-sheet-actions.ts';
import { useSidePanel } from './use-side-panel.ts';
import { useDatabase, type ChosenDatabase } from './use-database.ts';
import { useWritePreview } from './writes/use-write-preview.tsx';

interface AskSheetProps {
  tab: AskTab;
  /** Whether it is the one on show; it keeps its state when it is not. */
  active: boolean;
  onChange(id: string, changes: Partial<Omit<AskTab, 'id'>>): void;
  onShowShortcuts(): void;
}

/** What is in one tab: a database, a conversation about it, a statement and its rows. */
export function AskSheet({ tab, active, onChange, onShowShortcuts }: AskSheetProps) {
  const database = useDatabase(tab.connectionId);
  const { runAutomatically } = usePreferences();
  const sidePanel = useSidePanel();
  const samples = useSamples(database);
  const session = useAsk(tab, database.chosen?.id, onChange);
  const [showsDetails, setShowsDetails] = useState(false);
  const [repairs, setRepairs] = useState(false);
  const questionRef = useRef<HTMLTextAreaElement>(null);
  const editorRef = useRef<SqlEditorHandle>(null);
  const { state } = session;
  const { chosen } = database;
  const busy = state.work !== undefined;
  const canAsk = chosen !== undefined && database.connected && !busy;
  const askSample = (question: string) => void session.ask(question, runAutomatically);
  const previous = session.previousOf(state.question);
  const ask = (question: string, tryAnyway = false) =>
    void session.ask(question, runAutomatically, { previous: session.previousOf(question), tryAnyway });
  const fresh = !state.sql && !state.work && !state.problem && !state.result;
  const showDetails = () => setShowsDetails(true);
  const focusQuestion = () => questionRef.current?.focus();
  const askAgain = () => {
    setShowsDetails(false);
    ask(state.question);
  };
  const beginAnew = () => {
    session.beginAnew();
    focusQuestion();
  };
  const write = useWritePreview(state, chosen, () => editorRef.current?.focus());
  // A write that may run is previewed in the place of being refused.
  const run = () => (write.kind === 'preview' ? write.open() : void session.run());
  const onCancel = busy ? session.cancel : undefined;
  usePageKeys(active, { onCancel, onFocusQuestion: focusQuestion });
  useSheetActions({
    ...{ active, database, runAutomatically, onCancel },
    onRun: canAsk && state.sql.trim() !== '' ? run : undefined,
    onChooseDatabase: (connectionId) => onChange(tab.id, { connectionId }),
    onFocusQuestion: focusQuestion,
    onShowDetails: showDetails,
    onToggleSide: sidePanel.toggle,
  });

  if (database.connectionsLoaded && database.connections.length === 0 && !database.schemaError) {
    return <NoDatabase />;
  }
  const side = sidePanel.tab && (
    <SidePanel
      tab={sidePanel.tab}
      database={database}
      onInsert={(text) => editorRef.current?.insert(text)}
      onRestore={session.restore}
      onOpenExample={session.openExample}
    />
  );
  return (
    <div className="ask">
      <header className="top-bar">
        <h1 className="visually-hidden">{copy.pages.ask}</h1>
        <DatabaseChooser database={database} onPick={(connectionId) => onChange(tab.id, { connectionId })} />
        <DatabaseProgress database={database} />
        <span className="grow" />
        <ModelChooser connectionId={database.chosen?.id} />
        <IconButton icon={Keyboard} label={copy.shortcuts.open} onClick={onShowShortcuts} />
        <IconButton
          icon={PanelRight}
          label={sidePanel.tab ? copy.side.hide : copy.side.show}
          aria-pressed={sidePanel.tab !== undefined}
          onClick={sidePanel.toggle}
        />
      </header>
      <Panes name="ask" orientation="horizontal" className="ask-panes">
        <Pane id="work" minSize={480}>
          <div className="work-column">
            <DatabaseProblem database={database} />
            <ConversationThread
              turns={state.thread}
              shownId={state.shownTurn}
              disabled={busy}
              onPick={session.showTurn}
            />
            <QuestionBox
              question={state.question}
              databaseName={chosen?.name}
              samples={samples}
              canAsk={canAsk}
              followsUp={busy ? undefined : previous.at(-1)}
              onLeaveFollowUp={session.leaveFollowUp}
              onBeginAnew={busy || state.thread.length === 0 ? undefined : beginAnew}
              scope={state.scope}
              onChangeScope={showDetails}
              onResetScope={() => session.chooseScope({})}
              onType={session.typeQuestion}
              onAsk={ask}
              onAskSample={askSample}
              inputRef={questionRef}
            />
            {state.work && (
              <ProgressRow work={state.work} execute={runAutomatically} onCancel={session.cancel} />
            )}
            <Panes name="statement" orientation="vertical" className="grow">
              <Pane id="sql" className="pane-fill" defaultSize={180} minSize={112}>
                <SqlPanel
                  connectionId={chosen?.id}
                  state={state}
                  schema={database.schema}
                  canRun={canAsk}
                  previews={write.kind === 'preview'}
                  onType={session.typeSql}
                  onRun={run}
                  onShowDetails={showDetails}
                  onRepair={() => setRepairs(true)}
                  editorRef={editorRef}
                />
              </Pane>
              <PaneHandle label={copy.workspace.resizeStatement} />
              <Pane id="result" className="pane-fill" minSize={160}>
                {fresh && samples.length > 0 ? (
                  <SampleList samples={samples} disabled={!canAsk} onPick={askSample} />
                ) : (
                  <AnswerViews
                    state={state}
                    active={active}
                    onBeginAnew={beginAnew}
                    connectionId={chosen?.id}
                    canRun={canAsk}
                    actions={
                      chosen && (
                        <AnswerActions
                          connectionId={chosen.id}
                          state={state}
                          onGiveFeedback={session.giveFeedback}
                        />
                      )
                    }
                    onTakeCandidate={(one) => void session.takeCandidate(one)}
                  >
                    <ResultPanel
                      write={write}
                      state={state}
                      connectionId={chosen?.id}
                      fileName={chosen?.database ?? 'result'}
                      canRun={canAsk}
                      onRun={run}
                      onPickAlternative={session.pickAlternative}
                      onTryAnyway={() => ask(state.question, true)}
                      onRetry={() => (state.last === 'query' ? void session.run() : ask(state.question))}
                    />
                  </AnswerViews>
                )}
              </Pane>
            </Panes>
          </div>
        </Pane>
        {sidePanel.tab && !sidePanel.covers && <PaneHandle label={copy.workspace.resizeSide} />}
        {sidePanel.tab && !sidePanel.covers && (
          <Pane id="side" defaultSize={304} minSize={220} groupResizeBehavior="preserve-pixel-size">
            {side}
          </Pane>
        )}
      </Panes>
      {sidePanel.covers && side}
      {repairs && chosen && (
        <RepairDialog
          connectionId={chosen.id}
          state={state}
          onAccept={session.acceptRepair}
          onClose={() => setRepairs(false)}
        />
      )}
      {write.dialog}
      {showsDetails && (
        <DetailsDrawer
          state={state}
          schema={database.schema}
          onAskAgain={canAsk && state.question.trim() !== '' ? askAgain : undefined}
          onChooseScope={session.chooseScope}
          onClose={() => setShowsDetails(false)}
        />
      )}
    </div>
  );
}

function useSamples({ chosen }: ChosenDatabase) {
  const demos = useDemos();
  if (chosen?.kind !== 'demo') return [];
  return demos.data?.find((demo) => `demo:${demo.name}` === chosen.id)?.questions ?? [];
}

interface PageKeys {
  onCancel: (() => void) | undefined;
  onFocusQuestion(): void;
}

/** Esc cancels from anywhere; `/` goes to the question unless text is being typed. */
function usePageKeys(active: boolean, keys: PageKeys): void {
  const latest = useRef(keys);
  useLayoutEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    if (!active) return;
    const press = (event: KeyboardEvent) => {
      // An open list in the editor or a menu has taken the key for itself.
      if (event.defaultPrevented) return;
      if (event.key === 'Escape' && latest.current.onCancel) latest.current.onCancel();
      else if (event.key === '/' && !isTextTarget(event.target)) latest.current.onFocusQuestion();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [active]);
}
