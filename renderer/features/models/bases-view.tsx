import { useQuery } from '@tanstack/react-query';
import { FolderOpen } from 'lucide-react';
import { EmptyState } from '../../components/empty-state.tsx';
import { Tag } from '../../components/tag.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatBytes } from '../../lib/format-values.ts';
import { queryKeys } from '../../lib/queries.ts';
import { DeleteButton } from './delete-button.tsx';
import { describeOrigin } from './model-row.tsx';
import { QueryState } from './query-state.tsx';

const text = copy.models.bases;

/** Folders of transformers models, to train on. */
export function BasesView() {
  const core = useCore();
  const bases = useQuery({
    queryKey: [...queryKeys.models, 'bases'],
    queryFn: ({ signal }) => core['models.bases']({}, { signal }),
  });
  return (
    <>
      <p className="muted">{text.hint}</p>
      <QueryState query={bases} failed={text.failed}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState icon={FolderOpen} title={text.empty} hint={text.emptyHint} />
          ) : (
            <section className="card" aria-label={copy.models.views.bases}>
              <ul className="m-0 list-none p-0">
                {found.map(
                  ({ path, name, architecture, dtype, sizeBytes, licence, origin, owned, problem }) => (
                    <li
                      key={path}
                      className="flex flex-wrap items-start gap-[12px] border-t border-border p-[16px] first:border-t-0"
                    >
                      <div className="min-w-[280px] flex-1">
                        <p className="flex flex-wrap items-center gap-[8px]">
                          <span className="font-semibold [overflow-wrap:anywhere]">{name}</span>
                          {!owned && <Tag>{text.shipped}</Tag>}
                        </p>
                        <p className="text-s text-text-2">
                          {[
                            architecture,
                            dtype,
                            formatBytes(sizeBytes),
                            licence,
                            origin && describeOrigin(origin),
                          ]
                            .filter(Boolean)
                            .join(' · ')}
                        </p>
                        {problem && <p className="text-s text-danger">{problem}</p>}
                        <p className="font-mono text-xs text-text-2 [overflow-wrap:anywhere]">{path}</p>
                      </div>
                      {owned && <DeleteButton name={name} path={path} sizeBytes={sizeBytes} />}
                    </li>
                  ),
                )}
              </ul>
            </section>
          )
        }
      </QueryState>
    </>
  );
}
