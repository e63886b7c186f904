import {
  Boxes,
  Cable,
  ChartColumn,
  GraduationCap,
  Library,
  ListChecks,
  MessageCircleQuestion,
  Monitor,
  Moon,
  Network,
  Settings,
  Sun,
} from 'lucide-react';
import { copy } from '../copy.ts';
import { hrefOf, pages, type Page } from '../lib/navigation.ts';
import { setPreference, usePreferences, type Theme } from '../lib/preferences.ts';
import { JobBadge } from './job-watcher.tsx';
import { Logo } from './logo.tsx';
import { OfflineBadge } from './offline-badge.tsx';

const icons = {
  ask: MessageCircleQuestion,
  schema: Network,
  dataset: Library,
  evaluation: ChartColumn,
  training: GraduationCap,
  models: Boxes,
  jobs: ListChecks,
  connections: Cable,
  settings: Settings,
};
const themeIcons = { light: Sun, dark: Moon, system: Monitor };
const nextTheme: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

export function NavigationRail({ page }: { page: Page }) {
  const { theme } = usePreferences();
  const ThemeIcon = themeIcons[theme];
  return (
    <nav className="rail" aria-label={copy.app.navigation}>
      <div className="rail-logo">
        <Logo />
      </div>
      {pages.map((one) => {
        const Icon = icons[one];
        return (
          <a
            key={one}
            href={hrefOf(one)}
            className="rail-item"
            aria-current={one === page ? 'page' : undefined}
          >
            <Icon aria-hidden />
            {copy.pages[one]}
            {one === 'jobs' && <JobBadge />}
          </a>
        );
      })}
      <OfflineBadge />
      <button
        type="button"
        className="rail-item rail-foot"
        aria-label={`${copy.settings.theme}: ${copy.settings.themes[theme]}`}
        title={`${copy.settings.theme}: ${copy.settings.themes[theme]}`}
        onClick={() => setPreference('theme', nextTheme[theme])}
      >
        <ThemeIcon aria-hidden />
        {copy.settings.theme}
      </button>
    </nav>
  );
}
