import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Switch } from '../../../components/switch.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { keepPreference, setPreference, usePreferences } from '../../../lib/preferences.ts';
import { Section, SettingRow } from '../section.tsx';
import { LedgerSection } from './ledger-section.tsx';

/** What leaves this machine: the switch that stops it, and the ledger of what did. */
export function PrivacySection() {
  const { offline = false } = usePreferences();
  return (
    <>
      <Section title={copy.privacy.sections.privacy} hint={copy.privacy.privacyIntro}>
        <SettingRow label={copy.privacy.offline} hint={copy.privacy.offlineHint}>
          <Switch
            label={copy.privacy.offline}
            hint={copy.privacy.offlineHint}
            checked={offline}
            onChange={(checked) => setPreference('offline', checked)}
          />
        </SettingRow>
        <AllowedHosts />
      </Section>
      <LedgerSection />
    </>
  );
}

function AllowedHosts() {
  const { allowedHosts = [] } = usePreferences();
  const toast = useToast();
  const [typed, setTyped] = useState<string>();
  const kept = allowedHosts.join('\n');
  async function save(): Promise<void> {
    const hosts = (typed ?? kept).split(/[\s,;]+/).filter((host) => host !== '');
    await keepPreference('allowedHosts', [...new Set(hosts)]);
    setTyped(undefined);
    toast(copy.privacy.allowedKept);
  }
  return (
    <div className="grid gap-[8px]">
      <label htmlFor="allowed-hosts" className="font-semibold">
        {copy.privacy.allowed}
      </label>
      <p id="allowed-hosts-hint" className="muted text-s">
        {copy.privacy.allowedHint}
      </p>
      <textarea
        id="allowed-hosts"
        aria-describedby="allowed-hosts-hint"
        className="input min-h-[72px] resize-y py-[6px] font-mono"
        rows={3}
        spellCheck={false}
        value={typed ?? kept}
        onChange={(event) => setTyped(event.target.value)}
      />
      <div>
        <Button disabled={typed === undefined || typed === kept} onClick={() => void save()}>
          {copy.privacy.saveAllowed}
        </Button>
      </div>
    </div>
  );
}
