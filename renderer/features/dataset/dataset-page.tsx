import { lazy, Suspense, useMemo } from 'react';
import { copy } from '../../copy.ts';
import { useActions } from '../../lib/actions.ts';
import { navigate } from '../../lib/navigation.ts';
import '../../styles/dataset.css';
import { DatasetGate, Loading } from './dataset-gate.tsx';
import { ExamplesPage } from './examples/examples-page.tsx';
import { findSection, hrefOfSection, sections, useLastPlace, type Section } from './places.ts';

const text = copy.dataset;

const DatabasesPage = lazy(async () => ({
  default: (await import('./databases/databases-page.tsx')).DatabasesPage,
}));
const StatisticsPage = lazy(async () => ({
  default: (await import('./statistics/statistics-page.tsx')).StatisticsPage,
}));
const PipelinePage = lazy(async () => ({
  default: (await import('./pipeline/pipeline-page.tsx')).PipelinePage,
}));
const VersionsPage = lazy(async () => ({
  default: (await import('./versions/versions-page.tsx')).VersionsPage,
}));

/** @param rest what comes after the page in the address: a section, and what is open in it */
export function DatasetPage({ rest }: { rest: string[] }) {
  useLastPlace(rest);
  useSectionActions();
  const section = findSection(rest);
  return (
    <div className="page flex flex-col">
      <div className="flex flex-none flex-wrap items-center gap-x-6 gap-y-1 px-6 pt-4 pb-2">
        <h1>{copy.pages.dataset}</h1>
        <SectionLinks current={section} />
      </div>
      <div className="min-h-0 flex-1">
        <Suspense fallback={<Loading />}>
          {section === 'pipeline' ? (
            <PipelinePage />
          ) : (
            <DatasetGate>
              <SectionPage section={section} rest={rest} />
            </DatasetGate>
          )}
        </Suspense>
      </div>
    </div>
  );
}

function SectionPage({ section, rest }: { section: Section | undefined; rest: string[] }) {
  switch (section) {
    case 'examples':
      return <ExamplesPage rest={rest} />;
    case 'databases':
      return <DatabasesPage rest={rest} />;
    case 'statistics':
      return <StatisticsPage />;
    case 'versions':
      return <VersionsPage rest={rest} />;
    default:
      return null;
  }
}

function SectionLinks({ current }: { current: Section | undefined }) {
  return (
    <nav aria-label={text.sections.label}>
      <ul className="flex flex-wrap gap-1">
        {sections.map((section) => (
          <li key={section}>
            <a
              href={hrefOfSection(section)}
              aria-current={section === current ? 'page' : undefined}
              className="flex min-h-[32px] items-center rounded-m px-3 font-medium text-text-2 no-underline hover:bg-surface-3 aria-[current]:bg-accent-soft aria-[current]:text-accent"
            >
              {text.sections[section]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function useSectionActions(): void {
  const actions = useMemo(
    () =>
      sections.map((section) => ({
        id: `dataset.open.${section}`,
        title: text.actions.open(text.sections[section]),
        group: copy.pages.dataset,
        run: () => navigate('dataset', section),
      })),
    [],
  );
  useActions(actions);
}
