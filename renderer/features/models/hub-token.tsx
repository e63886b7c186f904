import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { queryKeys } from '../../lib/queries.ts';

const text = copy.models.download;
const key = [...queryKeys.models, 'hub-access'];

/** The token for gated models: kept, replaced or removed; never shown. */
export function HubToken() {
  const core = useCore();
  const cache = useQueryClient();
  const id = useId();
  const [token, setToken] = useState('');
  const access = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => core['models.hubAccess']({}, { signal }),
  });
  const keep = useMutation({
    mutationFn: (value: string) => core['models.setHubToken']({ token: value }),
    onSuccess: (now) => {
      setToken('');
      cache.setQueryData(key, now);
    },
  });
  if (!access.data) return null;
  const { endpoint, token: from } = access.data;
  return (
    <details>
      <summary className="cursor-pointer text-s text-text-2">
        {text.token} · {text.endpoint(endpoint)}
      </summary>
      <div className="grid gap-[8px] pt-[8px]">
        {from === 'environment' ? (
          <p>{text.tokenFromEnvironment}</p>
        ) : (
          <form
            className="flex flex-wrap items-end gap-[8px]"
            onSubmit={(event) => {
              event.preventDefault();
              if (token.trim()) keep.mutate(token.trim());
            }}
          >
            <div className="field min-w-[280px] flex-1">
              <label htmlFor={id}>{from === 'kept' ? text.tokenKept : text.token}</label>
              <input
                id={id}
                type="password"
                className="input"
                autoComplete="off"
                placeholder="hf_…"
                value={token}
                onChange={(event) => setToken(event.target.value)}
              />
            </div>
            <Button type="submit" disabled={token.trim() === '' || keep.isPending}>
              {text.keepToken}
            </Button>
            {from === 'kept' && (
              <Button variant="ghost" disabled={keep.isPending} onClick={() => keep.mutate('')}>
                {text.removeToken}
              </Button>
            )}
          </form>
        )}
        <p className="text-s text-text-2">{text.tokenHint}</p>
        {keep.isError && (
          <FailureNotice
            title={copy.models.actFailed}
            error={keep.error}
            onRetry={() => keep.mutate(keep.variables)}
          />
        )}
      </div>
    </details>
  );
}
