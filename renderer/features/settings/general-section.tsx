import { useQueryClient } from '@tanstack/react-query';
import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { Switch } from '../../components/switch.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { resetPreferences, setPreference, usePreferences, type Theme } from '../../lib/preferences.ts';
import { startTour } from '../../lib/tour.ts';
import { Section, SettingRow } from './section.tsx';

const themeIcons = { light: Sun, dark: Moon, system: Monitor };
const themes: Theme[] = ['light', 'dark', 'system'];

export function GeneralSection() {
  const { runAutomatically, trainingOnQuit } = usePreferences();
  return (
    <Section title={copy.privacy.sections.general}>
      <SettingRow label={copy.settings.theme} hint={copy.privacy.themeHint}>
        <ThemeChoice />
      </SettingRow>
      <SettingRow label={copy.privacy.runAutomatically} hint={copy.privacy.runAutomaticallyHint}>
        <Switch
          label={copy.privacy.runAutomatically}
          hint={copy.privacy.runAutomaticallyHint}
          checked={runAutomatically}
          onChange={(checked) => setPreference('runAutomatically', checked)}
        />
      </SettingRow>
      <SettingRow label={copy.privacy.trainingGoesOn} hint={copy.privacy.trainingGoesOnHint}>
        <Switch
          label={copy.privacy.trainingGoesOn}
          hint={copy.privacy.trainingGoesOnHint}
          checked={trainingOnQuit !== 'stop'}
          onChange={(checked) => setPreference('trainingOnQuit', checked ? 'leave' : 'stop')}
        />
      </SettingRow>
      <SettingRow label={copy.privacy.tour} hint={copy.privacy.tourHint}>
        <Button onClick={startTour}>{copy.privacy.startTour}</Button>
      </SettingRow>
      <ResetRow />
    </Section>
  );
}

function ThemeChoice() {
  const { theme } = usePreferences();
  return (
    <div className="segmented" role="radiogroup" aria-label={copy.settings.theme}>
      {themes.map((one) => {
        const Icon = themeIcons[one];
        return (
          <label key={one}>
            <input
              type="radio"
              name="theme"
              value={one}
              checked={theme === one}
              onChange={() => setPreference('theme', one)}
            />
            <Icon aria-hidden />
            {copy.settings.themes[one]}
          </label>
        );
      })}
    </div>
  );
}

function ResetRow() {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const [asks, setAsks] = useState(false);
  async function reset(): Promise<void> {
    setAsks(false);
    await resetPreferences(core);
    await cache.invalidateQueries();
    toast(copy.privacy.resetDone);
  }
  return (
    <SettingRow label={copy.privacy.reset} hint={copy.privacy.resetHint}>
      <Button variant="danger" onClick={() => setAsks(true)}>
        {copy.privacy.reset}
      </Button>
      {asks && (
        <ConfirmDialog
          title={copy.privacy.resetTitle}
          text={copy.privacy.resetText}
          action={copy.privacy.reset}
          onConfirm={() => void reset()}
          onClose={() => setAsks(false)}
        />
      )}
    </SettingRow>
  );
}
