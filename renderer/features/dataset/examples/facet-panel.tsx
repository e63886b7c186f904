import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { DatasetFilterName, DatasetSearchResult } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { formatCount } from '../../../lib/format-values.ts';
import { keep, readKept } from '../kept.ts';
import { filterNames, labelOf, toggleFilter, type ExampleSearch } from './search-address.ts';

const text = copy.dataset;
/** Values shown of a filter before "all". */
const shortList = 8;
const openAtFirst: readonly string[] = ['split', 'hardness', 'outcome', 'features', 'dbId'];

interface FacetPanelProps {
  search: ExampleSearch;
  facets: DatasetSearchResult['facets'] | undefined;
  onSearch(search: ExampleSearch): void;
}

/** Every filter with the examples that each of its values would leave. */
export function FacetPanel({ search, facets, onSearch }: FacetPanelProps) {
  return (
    <div role="group" aria-label={text.search.filters} className="scroll h-full pr-2 pb-4" tabIndex={-1}>
      {filterNames.map((name) => (
        <Facet
          key={name}
          name={name}
          values={facets?.[name] ?? []}
          chosen={search.filters[name] ?? []}
          onToggle={(value) => onSearch(toggleFilter(search, name, value))}
        />
      ))}
    </div>
  );
}

interface FacetProps {
  name: DatasetFilterName;
  values: { value: string; count: number }[];
  chosen: readonly string[];
  onToggle(value: string): void;
}

function Facet({ name, values, chosen, onToggle }: FacetProps) {
  const [isOpen, setOpen] = useState(() => readKept(`facet.${name}`) ?? openAtFirst.includes(name));
  const title = text.filters[name];
  if (values.length === 0) return null;
  return (
    <section className="border-b border-border py-1" aria-label={title}>
      <h3 className="m-0 text-s">
        <button
          type="button"
          className="flex min-h-[28px] w-full items-center gap-1 font-semibold"
          aria-expanded={isOpen === true}
          onClick={() => {
            keep(`facet.${name}`, isOpen !== true);
            setOpen(isOpen !== true);
          }}
        >
          <ChevronRight aria-hidden size={14} className={isOpen === true ? 'rotate-90' : ''} />
          {title}
          {chosen.length > 0 && <span className="badge ml-auto">{chosen.length}</span>}
        </button>
      </h3>
      {isOpen === true && <FacetValues {...{ name, values, chosen, onToggle }} />}
    </section>
  );
}

function FacetValues({ name, values, chosen, onToggle }: FacetProps) {
  const [showsAll, setShowsAll] = useState(false);
  const [wanted, setWanted] = useState('');
  const isLong = values.length > shortList + 2;
  const found = values.filter(({ value }) => value.toLowerCase().includes(wanted.toLowerCase()));
  const shown = !isLong || showsAll || wanted !== '' ? found : shorten(values, chosen);
  return (
    <>
      {isLong && name === 'dbId' && (
        <input
          type="text"
          className="input small mb-1"
          aria-label={text.search.findValue(text.filters[name])}
          placeholder={text.search.findValue(text.filters[name])}
          value={wanted}
          onChange={({ target }) => setWanted(target.value)}
        />
      )}
      <ul>
        {shown.map(({ value, count }) => (
          <li key={value}>
            <label
              className={`flex min-h-[26px] cursor-pointer items-center gap-2 rounded-s px-1 text-s hover:bg-surface-3 ${count === 0 ? 'text-text-2' : ''}`}
            >
              <input
                type="checkbox"
                className="m-0 flex-none accent-accent"
                checked={chosen.includes(value)}
                onChange={() => onToggle(value)}
              />
              <span className="min-w-0 flex-1 truncate" title={labelOf(name, value, text.values)}>
                {labelOf(name, value, text.values)}
              </span>{' '}
              <span className="text-xs text-text-2 tabular-nums">{formatCount(count)}</span>
            </label>
          </li>
        ))}
      </ul>
      {isLong && wanted === '' && (
        <button
          type="button"
          className="min-h-[26px] px-1 text-xs text-accent hover:underline"
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? text.search.showFewer : text.search.showAll(values.length)}
        </button>
      )}
    </>
  );
}

/** Those that are chosen, and those with the most examples, in the order of the list. */
function shorten(values: FacetProps['values'], chosen: readonly string[]): FacetProps['values'] {
  const most = new Set(
    values
      .toSorted((a, b) => b.count - a.count)
      .slice(0, shortList)
      .map(({ value }) => value),
  );
  return values.filter(({ value }) => most.has(value) || chosen.includes(value));
}
