import { Button } from '../components/button.tsx';
import { Spinner } from '../components/spinner.tsx';
import { copy } from '../copy.ts';
import { useLinkState, useRetryLink } from '../lib/core-context.tsx';

/** Says that the core is away, and that nothing typed is lost. */
export function LinkBanner() {
  const link = useLinkState();
  const retryNow = useRetryLink();
  if (link.kind !== 'reconnecting') return null;
  return (
    <div className="link-banner" role="alert">
      <Spinner />
      <strong>{copy.app.reconnecting}</strong>
      <span className="muted">{copy.app.reconnectingHint}</span>
      <Button small onClick={retryNow}>
        {copy.app.retryNow}
      </Button>
    </div>
  );
}
