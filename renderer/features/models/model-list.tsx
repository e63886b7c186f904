import { useMemo } from 'react';
import { Tabs } from '../../components/tabs.tsx';
import { copy } from '../../copy.ts';
import { useActions } from '../../lib/actions.ts';
import { navigate } from '../../lib/navigation.ts';
import { AdaptersView } from './adapters-view.tsx';
import { BasesView } from './bases-view.tsx';
import { FilesView } from './files-view.tsx';
import { ReportsView } from './reports-view.tsx';
import { RunningJobs } from './running-jobs.tsx';
import { ServersView } from './servers-view.tsx';

const views = ['files', 'adapters', 'bases', 'servers', 'reports'] as const;
export type ModelsView = (typeof views)[number];

/** Whether a part of an address names a kind, not a file. */
export function isModelsView(text: string): text is ModelsView {
  return views.some((view) => view === text);
}

/** Everything that writes SQL or is made from it, by kind. */
export function ModelList({ view }: { view: ModelsView }) {
  const tabs = views.map((id) => ({ id, title: copy.models.views[id] }));
  const actions = useMemo(
    () =>
      views.map((id) => ({
        id: `models.${id}`,
        title: copy.models.showView[id],
        group: copy.pages.models,
        run: () => show(id),
      })),
    [],
  );
  useActions(actions);
  return (
    <>
      <div>
        <h1>{copy.pages.models}</h1>
        <p className="muted">{copy.models.intro}</p>
      </div>
      <RunningJobs />
      <div>
        <Tabs<ModelsView> label={copy.models.viewsLabel} tabs={tabs} chosen={view} onChoose={show}>
          <div className="grid gap-[24px] pt-[16px]">
            {view === 'files' && <FilesView />}
            {view === 'adapters' && <AdaptersView />}
            {view === 'bases' && <BasesView />}
            {view === 'servers' && <ServersView />}
            {view === 'reports' && <ReportsView />}
          </div>
        </Tabs>
      </div>
    </>
  );
}

function show(view: ModelsView): void {
  if (view === 'files') navigate('models');
  else navigate('models', view);
}
