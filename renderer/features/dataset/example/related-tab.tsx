import { Files } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ExampleDetail } from '../../../../core/contract/index.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { copy } from '../../../copy.ts';
import { hrefOfPlace } from '../examples/example-place.ts';
import { labelOf, type ExampleSearch } from '../examples/search-address.ts';

const text = copy.dataset.related;

export function countRelated({ nearDuplicates, sameSql }: ExampleDetail): number {
  return nearDuplicates.length + sameSql.length;
}

/** Other wordings with the same SQL, and nearly the same questions in other splits. */
export function RelatedTab({ example, search }: { example: ExampleDetail; search: ExampleSearch }) {
  const { nearDuplicates, sameSql } = example;
  if (countRelated(example) === 0) return <EmptyState icon={Files} title={text.none} hint={text.noneHint} />;
  const hrefOf = (id: string) => hrefOfPlace({ id, search });
  return (
    <div className="grid gap-6">
      {sameSql.length > 0 && (
        <LinkList title={text.sameSql}>
          {sameSql.map(({ id, question }) => (
            <ExampleLink key={id} href={hrefOf(id)} question={question} note={id} />
          ))}
        </LinkList>
      )}
      {nearDuplicates.length > 0 && (
        <LinkList title={text.nearDuplicates}>
          {nearDuplicates.map(({ id, question, split, similarity }) => (
            <ExampleLink
              key={id}
              href={hrefOf(id)}
              question={question}
              note={`${id} · ${labelOf('split', split, copy.dataset.values)} · ${text.similarity(similarity)}`}
            />
          ))}
        </LinkList>
      )}
    </div>
  );
}

function LinkList({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-2" aria-label={title}>
      <h3 className="m-0 text-m font-semibold">{title}</h3>
      <ul className="grid gap-2">{children}</ul>
    </section>
  );
}

function ExampleLink({ href, question, note }: { href: string; question: string; note: string }) {
  return (
    <li>
      <a href={href}>{question}</a>
      <p className="text-xs text-text-2">{note}</p>
    </li>
  );
}
