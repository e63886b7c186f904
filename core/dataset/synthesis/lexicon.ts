/** What the generated schemas speak of: kinds of things and what can be said of them. */
export type EntityClass = 'person' | 'thing' | 'place' | 'event';

export interface Entity {
  name: string;
  plural: string;
  class: EntityClass;
  /** How people speak of having one: customers who *placed* orders. */
  verb?: string;
}

const plurals = new Map([
  ['person', 'people'],
  ['staff', 'staff'],
  ['aircraft', 'aircraft'],
  ['child', 'children'],
]);

function pluralOf(name: string): string {
  const known = plurals.get(name);
  if (known) return known;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch|sh|z)$/.test(name) ? `${name}es` : `${name}s`;
}

function entities(entityClass: EntityClass, words: string): Entity[] {
  return words
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [raw = '', verb] = word.split(':');
      const name = raw.replaceAll('_', ' ');
      return {
        name,
        plural: pluralOf(name),
        class: entityClass,
        ...(verb ? { verb: verb.replaceAll('_', ' ') } : {}),
      };
    });
}

export const entityPool: Entity[] = [
  ...entities(
    'person',
    `customer user employee student teacher patient doctor author player driver artist member agent guest tourist client
     singer professor worker manager passenger coach nurse candidate voter actor director tenant donor volunteer pilot
     engineer lawyer farmer chef designer person buyer seller staff technician instructor subscriber vendor contact
     physician journalist sponsor owner swimmer gymnast wrestler host child`,
  ),
  ...entities(
    'thing',
    `product book movie song album car house apartment machine device ship aircraft game course dish recipe medicine
     painting plant phone vehicle ticket policy article document track item toy wine app plan project pet dog program
     channel magazine paper part component instrument drug insurance camera laptop show series train bike bridge
     mountain perpetrator service feature asset account card package model accessory bottle job task issue file role`,
  ),
  ...entities(
    'place',
    `store city country department hotel museum airport school college stadium hospital warehouse restaurant branch
     office theater park library bank station room region shop university club company team organization factory
     district state cinema clinic gallery farm county campus garage market church hall airline brand category team`,
  ),
  ...entities(
    'event',
    `order:placed payment:made appointment:had booking:made flight:took review:wrote match:played transaction:made
     loan:took enrollment:have visit:made shipment:received invoice:received concert:attended race:won rental:made
     reservation:made sale:made claim:filed contract:signed assignment:received registration:made delivery:received
     subscription:bought prescription:received treatment:received election:won exam:took membership:hold
     purchase:made order_item:have performance:gave trip:took call:made complaint:filed donation:gave session:had
     award:won test:took inspection:had repair:had lesson:took message:sent comment:wrote bid:made refund:received
     stock_entry:have inventory_record:have employment:have hiring:have participation:have schedule:have`,
  ),
];

export type AttributeRole = 'name' | 'category' | 'place' | 'measure' | 'count' | 'date' | 'flag' | 'text';

export interface Attribute {
  /** Column names, each as words; one is chosen for a schema. */
  names: string[];
  /** How questions call it; the chosen column name's own words are always among them. */
  phrases: string[];
  role: AttributeRole;
  classes: EntityClass[];
  /** PostgreSQL types to choose from. */
  types: string[];
  /** Pool of values, see value-pools.ts, for text. */
  values?: string;
  /** Range of numbers, for measures and counts. */
  range?: [number, number];
  /** Adjectives for the ends of the order: the *cheapest*, the *most expensive*. */
  least?: string;
  most?: string;
}

const text = ['text', 'character varying(80)', 'character varying(255)'];
const amount = ['numeric(10,2)', 'numeric(12,2)', 'double precision', 'real'];
const whole = ['integer', 'integer', 'bigint', 'smallint'];
const day = ['date', 'date', 'timestamp without time zone', 'timestamp with time zone'];

/** Classes by a letter: p(erson), t(hing), (p)l(ace), e(vent). */
function forClasses(letters: string): EntityClass[] {
  const byLetter = { p: 'person', t: 'thing', l: 'place', e: 'event' } as const;
  return [...letters].flatMap((letter) =>
    letter in byLetter ? [byLetter[letter as keyof typeof byLetter]] : [],
  );
}

function define(
  names: string,
  role: AttributeRole,
  letters: string,
  types: string[],
  more: Partial<Attribute> = {},
): Attribute {
  const list = names.split('|');
  return { names: list, phrases: list, role, classes: forClasses(letters), types, ...more };
}

const big = { least: 'lowest', most: 'highest' };

export const attributePool: Attribute[] = [
  define('name|full name', 'name', 'p', text, { values: 'person' }),
  define('name', 'name', 'tl', text, { values: 'thing' }),
  define('title|name', 'name', 't', text, { values: 'title' }),
  define('description|details|notes', 'text', 'tle', text, { values: 'sentence' }),
  define('email|email address', 'text', 'p', text, { values: 'email' }),
  define('phone|phone number|telephone', 'text', 'pl', text, { values: 'phone' }),
  define('address|street address', 'text', 'pl', text, { values: 'street' }),
  define('city|town|home city', 'place', 'pl', text, { values: 'city', phrases: ['city', 'town'] }),
  define('country|nationality|home country', 'place', 'pl', text, { values: 'country' }),
  define('state|region|province', 'place', 'pl', text, { values: 'state' }),
  define('location', 'place', 'tle', text, { values: 'city' }),
  define('gender|sex', 'category', 'p', text, { values: 'gender' }),
  define('job title|position|occupation|job', 'category', 'p', text, { values: 'job' }),
  define('department|division', 'category', 'p', text, { values: 'department' }),
  define('level|grade|tier|rank', 'category', 'pt', text, { values: 'tier' }),
  define('specialty|specialization|field', 'category', 'p', text, { values: 'specialty' }),
  define('category|type|kind', 'category', 'tl', text, { values: 'category' }),
  define('genre|style', 'category', 't', text, { values: 'genre' }),
  define('color|colour', 'category', 't', text, { values: 'color' }),
  define('brand|manufacturer|maker', 'category', 't', text, { values: 'company' }),
  define('language', 'category', 't', text, { values: 'language' }),
  define('status|state', 'category', 'ept', text, { values: 'status', phrases: ['status'] }),
  define('payment method|method', 'category', 'e', text, { values: 'method' }),
  define('type', 'category', 'el', text, { values: 'kind' }),
  define('channel|source', 'category', 'e', text, { values: 'channel' }),
  define('currency', 'category', 'e', text, { values: 'currency' }),
  define('priority|severity', 'category', 'e', text, { values: 'priority' }),
  define('reason|diagnosis', 'category', 'e', text, { values: 'reason' }),
  define('age', 'count', 'p', whole, { range: [18, 90], least: 'youngest', most: 'oldest' }),
  define('salary|income|wage|annual income', 'measure', 'p', amount, {
    range: [20_000, 200_000],
    least: 'lowest paid',
    most: 'highest paid',
  }),
  define('height', 'measure', 'pt', amount, { range: [1, 300], least: 'shortest', most: 'tallest' }),
  define('weight', 'measure', 'pt', amount, { range: [1, 500], least: 'lightest', most: 'heaviest' }),
  define('credit score|score|points', 'count', 'pe', whole, { range: [0, 850], ...big }),
  define('balance|credit limit', 'measure', 'pt', amount, { range: [0, 50_000], ...big }),
  define('experience|years of experience|years working', 'count', 'p', whole, {
    range: [0, 40],
    least: 'least experienced',
    most: 'most experienced',
  }),
  define('price|cost|unit price|list price', 'measure', 't', amount, {
    range: [1, 2000],
    least: 'cheapest',
    most: 'most expensive',
  }),
  define('stock|quantity in stock|units in stock|stock quantity', 'count', 't', whole, {
    range: [0, 1000],
    ...big,
  }),
  define('rating|average rating|stars', 'measure', 'tle', amount, {
    range: [1, 5],
    least: 'lowest rated',
    most: 'highest rated',
  }),
  define('pages|duration|length|minutes', 'count', 'te', whole, {
    range: [1, 600],
    least: 'shortest',
    most: 'longest',
  }),
  define('year|release year|year built|founded|opening year', 'count', 'tl', whole, {
    range: [1950, 2025],
    least: 'oldest',
    most: 'newest',
  }),
  define('capacity|seats|number of seats', 'count', 'lt', whole, {
    range: [10, 90_000],
    least: 'smallest',
    most: 'largest',
  }),
  define('population', 'count', 'l', whole, { range: [1000, 9_000_000], least: 'smallest', most: 'largest' }),
  define('area|size|square feet|floor area', 'measure', 'lt', amount, {
    range: [10, 90_000],
    least: 'smallest',
    most: 'largest',
  }),
  define('budget|revenue|annual revenue|profit', 'measure', 'lt', amount, {
    range: [1000, 9_000_000],
    ...big,
  }),
  define('employees|number of employees|staff count|headcount', 'count', 'l', whole, {
    range: [1, 5000],
    ...big,
  }),
  define('amount|total|total amount|value|fee|cost', 'measure', 'e', amount, {
    range: [1, 9000],
    least: 'smallest',
    most: 'largest',
  }),
  define('quantity|units|number of items', 'count', 'e', whole, { range: [1, 100], ...big }),
  define('unit price|price', 'measure', 'e', amount, { range: [1, 900], ...big }),
  define('discount|tax|tip', 'measure', 'e', amount, { range: [0, 90], ...big }),
  define('interest rate|rate|commission', 'measure', 'et', amount, { range: [0, 30], ...big }),
  define('attendance|audience|participants', 'count', 'e', whole, { range: [1, 9000], ...big }),
  define('rating|score', 'count', 'e', whole, { range: [1, 10], ...big }),
  define('birth date|date of birth|birthday', 'date', 'p', day, { least: 'oldest', most: 'youngest' }),
  define('hire date|joined date|join date|start date', 'date', 'p', day, {
    least: 'earliest',
    most: 'most recent',
  }),
  define('signup date|registration date|created at|registered on', 'date', 'p', day, {
    least: 'earliest',
    most: 'newest',
  }),
  define('release date|launch date|publication date', 'date', 't', day, { least: 'oldest', most: 'newest' }),
  define('created at|added on', 'date', 'tle', day, { least: 'oldest', most: 'newest' }),
  define('opened on|opening date|founded on|founding date', 'date', 'l', day, {
    least: 'oldest',
    most: 'newest',
  }),
  define('date|$entity date|created at|$entity time', 'date', 'e', day, {
    least: 'earliest',
    most: 'latest',
  }),
  define('due date|end date|expiry date', 'date', 'et', day, { least: 'earliest', most: 'latest' }),
  define('is active|active', 'flag', 'ptl', ['boolean'], { phrases: ['active'] }),
  define('is verified|verified', 'flag', 'p', ['boolean'], { phrases: ['verified'] }),
  define('in stock|available|is available', 'flag', 't', ['boolean'], { phrases: ['available'] }),
  define('paid|is paid', 'flag', 'e', ['boolean'], { phrases: ['paid'] }),
  define('approved|is approved', 'flag', 'e', ['boolean'], { phrases: ['approved'] }),
];
