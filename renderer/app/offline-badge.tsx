import { WifiOff } from 'lucide-react';
import { copy } from '../copy.ts';
import { hrefOf } from '../lib/navigation.ts';
import { usePreferences } from '../lib/preferences.ts';

/** Stands in the frame as long as nothing may leave this machine. */
export function OfflineBadge() {
  const { offline } = usePreferences();
  if (!offline) return null;
  return (
    <a
      href={hrefOf('settings', 'privacy')}
      className="rail-item text-warning"
      aria-label={copy.privacy.offlineBadge}
      title={copy.privacy.offlineBadge}
    >
      <WifiOff aria-hidden />
      {copy.privacy.offlineOn}
    </a>
  );
}
