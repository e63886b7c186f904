import { Button } from '../components/button.tsx';
import { Spinner } from '../components/spinner.tsx';
import { copy } from '../copy.ts';
import { useLinkState, useRetryLink } from '../lib/core-context.tsx';

/** Says that the app is away, and that nothing typed is lost; or that it is another one now. */
export function LinkBanner() {
  const link = useLinkState();
  const retryNow = useRetryLink();
  if (link.kind === 'refused') {
    return (
      <div className="link-banner" role="alert">
        <strong>{copy.app.refused}</strong>
      </div>
    );
  }
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
