import { useState } from 'react';
import { Tabs } from '../../components/tabs.tsx';
import { copy } from '../../copy.ts';
import { AdaptersView } from './adapters-view.tsx';
import { BasesView } from './bases-view.tsx';
import { FilesView } from './files-view.tsx';
import { ReportsView } from './reports-view.tsx';
import { RunningJobs } from './running-jobs.tsx';
import { ServersView } from './servers-view.tsx';

const views = ['files', 'adapters', 'bases', 'servers', 'reports'] as const;
export type ModelsView = (typeof views)[number];

/** Everything that writes SQL or is made from it, by kind. */
export function ModelList() {
  const [view, setView] = useState<ModelsView>('files');
  const tabs = views.map((id) => ({ id, title: copy.models.views[id] }));
  return (
    <>
      <div>
        <h1>{copy.pages.models}</h1>
        <p className="muted">{copy.models.intro}</p>
      </div>
      <RunningJobs />
      <div>
        <Tabs<ModelsView> label={copy.models.viewsLabel} tabs={tabs} chosen={view} onChoose={setView}>
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
