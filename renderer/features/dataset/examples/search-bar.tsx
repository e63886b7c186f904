import { ArrowDownNarrowWide, ArrowUpNarrowWide, Search, SlidersHorizontal, X } from 'lucide-react';
import type { Ref } from 'react';
import { datasetSortSchema } from '../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { copy } from '../../../copy.ts';
import { countFilters, type ExampleSearch } from './search-address.ts';
import { useTypedText } from './use-typed-text.ts';

const text = copy.dataset.search;
const sorts = datasetSortSchema.shape.by.options;

interface SearchBarProps {
  search: ExampleSearch;
  showsFilters: boolean;
  /** `typing` says that more keys may follow. */
  onSearch(search: ExampleSearch, typing?: boolean): void;
  onToggleFilters(): void;
  /** Arrow down or Enter: on to the list. */
  onLeave(): void;
  inputRef: Ref<HTMLInputElement>;
}

export function SearchBar(props: SearchBarProps) {
  const { search, showsFilters, onSearch, onToggleFilters, onLeave, inputRef } = props;
  const [typed, type] = useTypedText(search.text, (next) => onSearch({ ...search, text: next }, true));
  return (
    <div className="flex flex-wrap items-center gap-2" role="search">
      <Button icon={SlidersHorizontal} aria-expanded={showsFilters} onClick={onToggleFilters}>
        {text.filtersCount(countFilters(search))}
      </Button>
      <div className="relative min-w-[220px] flex-1">
        <Search aria-hidden size={16} className="absolute top-[8px] left-[10px] text-text-2" />
        <input
          ref={inputRef}
          type="text"
          className="input small pr-8! pl-8!"
          aria-label={text.label}
          placeholder={text.placeholder}
          maxLength={1_000}
          spellCheck={false}
          value={typed}
          onChange={(event) => type(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
            event.preventDefault();
            onLeave();
          }}
        />
        {typed !== '' && (
          <span className="absolute top-[2px] right-[2px]">
            <IconButton icon={X} label={text.removeChip(text.text(typed))} onClick={() => type('')} />
          </span>
        )}
      </div>
      <SortChooser search={search} onSearch={onSearch} />
    </div>
  );
}

function SortChooser({ search, onSearch }: Pick<SearchBarProps, 'search' | 'onSearch'>) {
  const { by, descending } = search.sort;
  return (
    <div className="flex items-center gap-1">
      <label className="flex items-center gap-2 text-s text-text-2">
        {text.sort}
        <select
          className="input small w-auto! text-text"
          value={by}
          onChange={({ target }) => {
            const chosen = sorts.find((one) => one === target.value) ?? 'position';
            onSearch({ ...search, sort: { by: chosen, descending } });
          }}
        >
          {sorts.map((one) => (
            <option key={one} value={one}>
              {text.sorts[one]}
            </option>
          ))}
        </select>
      </label>
      <IconButton
        icon={descending ? ArrowDownNarrowWide : ArrowUpNarrowWide}
        label={descending ? text.descending : text.ascending}
        onClick={() => onSearch({ ...search, sort: { by, descending: !descending } })}
      />
    </div>
  );
}
