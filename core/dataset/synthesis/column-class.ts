import type { ColumnKind, SchemaView, TableView, ColumnView } from '../../sql/sketch/schema-view.ts';
import { stemWord } from '../../schema/question-words.ts';
import { nameWords } from './natural-names.ts';

/** What a column speaks of, by the words of its name: says which wordings fit it. */
export type ColumnClass =
  | 'first name'
  | 'last name'
  | 'name'
  | 'code'
  | 'contact'
  | 'birth'
  | 'age'
  | 'year'
  | 'time'
  | 'money'
  | 'length'
  | 'height'
  | 'weight'
  | 'speed'
  | 'size'
  | 'rating'
  | 'count'
  | 'place'
  | 'category'
  | 'text'
  | 'other';

const classWords: [ColumnClass, string][] = [
  ['first name', 'first given forename'],
  ['last name', 'last surname family'],
  ['contact', 'email mail phone telephone website url fax homepage'],
  ['birth', 'birth birthday born'],
  ['code', 'id code zip zipcode postcode ssn isbn key uuid identifier'],
  ['age', 'age'],
  ['year', 'year founded opened built'],
  ['time', 'date time day month datetime timestamp when start end deadline season period week hour'],
  [
    'money',
    `price cost salary amount budget revenue profit sale fee balance payment charge income earning asset tuition
     expense wage market gross money loss donation bonus credit`,
  ],
  ['length', 'length duration distance mileage minute runtime depth'],
  ['height', 'height elevation'],
  ['weight', 'weight mass'],
  ['speed', 'speed horsepower acceleration mph'],
  ['size', 'area size acreage population capacity attendance seat seating audience enrollment'],
  ['rating', 'rating score rank ranking grade point star gpa percentage percent rate result'],
  ['count', 'number quantity count total win loss stock employee room vote share'],
  [
    'place',
    `city country state province location address region county nationality town hometown district venue
     continent destination origin street place headquarter`,
  ],
  ['name', 'name title label'],
  [
    'category',
    `type category status gender sex genre class level position color colour language major occupation kind job
     role sport industry method brand party religion degree outcome format model manufacturer department team club`,
  ],
  ['text', 'description comment note detail text content remark summary'],
];

const wordToClass = new Map(
  classWords.flatMap(([columnClass, words]) =>
    words
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => [word, columnClass] as const),
  ),
);

export function classOf(columnName: string, tableName = ''): ColumnClass {
  const table = new Set(nameWords(tableName).map(stemWord));
  const stems = nameWords(columnName).map(stemWord);
  const own = stems.filter((stem) => !table.has(stem));
  const words = own.length > 0 ? own : stems;
  const has = (word: string) => words.includes(word);
  if (has('name') && (has('first') || has('given'))) return 'first name';
  if (has('name') && (has('last') || has('family'))) return 'last name';
  if (has('middle')) return 'other';
  if (has('birth') && (has('place') || has('city'))) return 'place';
  if (has('birth') && has('year')) return 'year';
  // The last word is the head: `city code` is a code, `start date` a date.
  for (const word of words.toReversed()) {
    const found = wordToClass.get(word);
    if (found === 'first name' || found === 'last name') continue;
    if (found) return found === 'time' && has('birth') ? 'birth' : found;
  }
  // `aircraft.aircraft`, `city.city`: what the row is called.
  return own.length === 0 && table.size > 0 ? 'name' : 'other';
}

/** Words that speak of one class of column without naming the column: `older`, `expensive`, `located`. */
const binding: [string, ColumnClass[]][] = [
  ['older oldest younger youngest old young aged', ['age', 'birth', 'year', 'time']],
  ['long longer longest short shorter shortest', ['length', 'height']],
  ['tall taller tallest high higher highest', ['height']],
  ['heavy heavier heaviest light lighter lightest', ['weight']],
  ['fast faster fastest slow slower slowest', ['speed']],
  ['expensive cheap cheaper cheapest pay paid earn earned spend spent costs priced dollars', ['money']],
  ['populous populated crowded large larger largest small smaller smallest big bigger biggest', ['size']],
  ['best worst better worse', ['rating']],
  [
    `latest recent recently earliest newest before after since when during year years month months day days date
     dates time times born later earlier last ago`,
    ['time', 'year', 'birth'],
  ],
  ['from in at located location live lives lived living where born based outside country city', ['place']],
  ['named called', ['name', 'first name', 'last name']],
];

const strict = new Set(
  `older oldest younger youngest aged longest shortest longer shorter taller tallest heavy heavier heaviest lightest
   faster fastest slowest expensive cheap cheaper cheapest pay paid earn earned spend spent priced dollars populous
   populated latest recent recently earliest newest later earlier ago since born located live lives lived living where
   when`.split(/\s+/),
);

const boundClasses = new Map<string, ColumnClass[]>();
for (const [words, classes] of binding)
  for (const word of words.split(/\s+/).filter(Boolean))
    boundClasses.set(word, [...(boundClasses.get(word) ?? []), ...classes]);

/** Classes that a question's word speaks of, and whether it makes no sense without a column of one of them. */
export function boundBy(word: string): { classes: readonly ColumnClass[]; strict: boolean } {
  const lower = word.toLowerCase();
  return { classes: boundClasses.get(lower) ?? [], strict: strict.has(lower) };
}

/** Adjectives that stand for a column: `the oldest` for age. */
export function standsFor(word: string, columnClass: ColumnClass): boolean {
  const lower = word.toLowerCase();
  const weak = new Set(['in', 'at', 'from', 'last', 'high', 'higher', 'highest', 'city', 'country']);
  return !weak.has(lower) && (boundClasses.get(lower)?.includes(columnClass) ?? false);
}

/** Numbers that can be compared and averaged alike. */
export const measures: ReadonlySet<ColumnClass> = new Set([
  'age',
  'money',
  'length',
  'height',
  'weight',
  'speed',
  'size',
  'rating',
  'count',
  'other',
]);

export const isNameClass = (columnClass: ColumnClass) => columnClass === 'name';

export interface ColumnRole {
  kind: ColumnKind;
  columnClass: ColumnClass;
  /** The one column of its table's primary key. */
  isKey: boolean;
  isForeign: boolean;
}

export function roleOf(table: TableView, column: ColumnView): ColumnRole {
  const { name } = column.column;
  return {
    kind: column.kind,
    columnClass: classOf(name, table.table.name),
    isKey: table.table.primaryKey.length === 1 && table.table.primaryKey[0] === name,
    isForeign: table.table.foreignKeys.some((key) => key.columns.includes(name)),
  };
}

const personWords = new Set(
  `customer user employee student teacher patient doctor author player driver artist member agent guest tourist client
   singer professor worker manager passenger coach nurse candidate voter actor director tenant donor volunteer pilot
   engineer lawyer farmer chef designer person people buyer seller staff technician instructor subscriber contact
   physician journalist sponsor owner swimmer gymnast wrestler host child friend captain scientist faculty head judge
   entrepreneur lecturer musician participant resident soldier highschooler reviewer advisor parent rider winner
   assistant editor writer conductor dancer climber skater individual`.split(/\s+/),
);

/** Whether a table's rows are people, of whom one asks `who`. */
export function isPersonTable(view: SchemaView, word: string): boolean {
  const table = view.tableByWord.get(word)?.table;
  if (!table) return false;
  if (nameWords(table.name).some((part) => personWords.has(stemWord(part)))) return true;
  const classes = table.columns.map((column) => classOf(column.name, table.name));
  return classes.includes('first name') && classes.includes('last name');
}
