import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AppError } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatBytes } from '../../lib/format-values.ts';
import { queryKeys } from '../../lib/queries.ts';

/** Deletes a file or folder of the app's own, when that was asked back. */
export function DeleteButton({ name, path, sizeBytes }: { name: string; path: string; sizeBytes: number }) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => core['models.delete']({ path }),
    onSuccess: ({ freedBytes }) => toast(copy.models.removed(formatBytes(freedBytes))),
    onError: (error) => toast(`${copy.models.actFailed}: ${AppError.from(error).message}`),
    onSettled: () => cache.invalidateQueries({ queryKey: queryKeys.models }),
  });
  return (
    <>
      <Button small variant="ghost" disabled={remove.isPending} onClick={() => setAsking(true)}>
        {copy.models.remove}
      </Button>
      {asking && (
        <ConfirmDialog
          title={copy.models.removeTitle(name)}
          text={copy.models.removeText(path, formatBytes(sizeBytes))}
          action={copy.models.remove.replace('…', '')}
          onConfirm={() => {
            setAsking(false);
            remove.mutate();
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
