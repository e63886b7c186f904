import { useMemo, type ComponentType } from 'react';
import { copy } from '../../copy.ts';
import { useActions } from '../../lib/actions.ts';
import { hrefOf, navigate } from '../../lib/navigation.ts';
import { AboutSection } from './about-section.tsx';
import { GeneralSection } from './general-section.tsx';
import { LimitsSection } from './limits-section.tsx';
import { ModelSection } from './model-section.tsx';
import { PrivacySection } from './privacy/privacy-section.tsx';
import { ServerSection } from './server-section.tsx';
import { StorageSection } from './storage-section.tsx';
import { UpdatesSection } from './updates-section.tsx';
import { ValuesSection } from './values-section.tsx';

const sections = {
  general: GeneralSection,
  model: ModelSection,
  limits: LimitsSection,
  values: ValuesSection,
  privacy: PrivacySection,
  storage: StorageSection,
  server: ServerSection,
  updates: UpdatesSection,
  about: AboutSection,
} satisfies Record<string, ComponentType>;
type SectionName = keyof typeof sections;

const names = Object.keys(sections) as SectionName[];

/** `#/settings/SECTION`; anything else is the first one. */
export function SettingsPage({ rest }: { rest: string[] }) {
  const chosen = names.find((name) => name === rest[0]) ?? 'general';
  const Chosen = sections[chosen];
  useSectionActions();
  return (
    <div className="page text-page scroll">
      <div className="mx-auto grid w-full max-w-[1240px] gap-[24px]">
        <h1>{copy.pages.settings}</h1>
        <div className="grid grid-cols-[180px_minmax(0,1fr)] items-start gap-[32px] max-[900px]:grid-cols-1">
          <SectionNav chosen={chosen} />
          <div className="grid min-w-0 gap-[24px]">
            <Chosen />
          </div>
        </div>
      </div>
    </div>
  );
}

function SectionNav({ chosen }: { chosen: SectionName }) {
  return (
    <nav
      aria-label={copy.privacy.nav}
      className="sticky top-0 grid gap-[2px] max-[900px]:static max-[900px]:flex max-[900px]:flex-wrap"
    >
      {names.map((name) => (
        <a
          key={name}
          href={hrefOf('settings', name)}
          aria-current={name === chosen ? 'page' : undefined}
          className="rounded-m px-[12px] py-[6px] text-text no-underline hover:bg-surface-2 aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent-strong"
        >
          {copy.privacy.sections[name]}
        </a>
      ))}
    </nav>
  );
}

function useSectionActions(): void {
  const actions = useMemo(
    () =>
      names.map((name) => ({
        id: `settings.${name}`,
        title: copy.privacy.openSection(copy.privacy.sections[name]),
        group: copy.pages.settings,
        run: () => navigate('settings', name),
      })),
    [],
  );
  useActions(actions);
}
