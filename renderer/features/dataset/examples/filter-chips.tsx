import { X } from 'lucide-react';
import { Button } from '../../../components/button.tsx';
import { copy } from '../../../copy.ts';
import { filterNames, labelOf, noSearch, toggleFilter, type ExampleSearch } from './search-address.ts';

const text = copy.dataset;

interface FilterChipsProps {
  search: ExampleSearch;
  onSearch(search: ExampleSearch): void;
}

/** What the list is narrowed to, each part with a way to take it back. */
export function FilterChips({ search, onSearch }: FilterChipsProps) {
  const chips = listChips(search);
  if (chips.length === 0) return null;
  return (
    <ul className="flex flex-wrap items-center gap-1" aria-label={text.search.active}>
      {chips.map(({ label, rest }) => (
        <li key={label}>
          <button
            type="button"
            className="flex max-w-[320px] items-center gap-1 rounded-l bg-accent-soft py-[2px] pr-[6px] pl-2 text-xs text-text hover:bg-surface-3"
            aria-label={text.search.removeChip(label)}
            title={text.search.removeChip(label)}
            onClick={() => onSearch(rest)}
          >
            <span className="truncate">{label}</span>
            <X aria-hidden size={12} className="flex-none" />
          </button>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <Button variant="ghost" small onClick={() => onSearch({ ...noSearch, sort: search.sort })}>
            {text.search.clearAll}
          </Button>
        </li>
      )}
    </ul>
  );
}

function listChips(search: ExampleSearch): { label: string; rest: ExampleSearch }[] {
  const filters = filterNames.flatMap((name) =>
    (search.filters[name] ?? []).map((value) => ({
      label: `${text.filters[name]}: ${labelOf(name, value, text.values)}`,
      rest: toggleFilter(search, name, value),
    })),
  );
  if (search.text.trim() === '') return filters;
  return [{ label: text.search.text(search.text), rest: { ...search, text: '' } }, ...filters];
}
