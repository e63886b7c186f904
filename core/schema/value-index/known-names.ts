/**
 * Names that databases keep short: countries (ISO 3166, from the runtime's own names of regions), the states of the
 * USA, months and days of the week. Both sides in the normal form of values.
 */
import { normaliseValue } from '../find-hints.ts';

const states = `al alabama,ak alaska,az arizona,ar arkansas,ca california,co colorado,ct connecticut,de delaware,fl florida,
ga georgia,hi hawaii,id idaho,il illinois,in indiana,ia iowa,ks kansas,ky kentucky,la louisiana,me maine,md maryland,
ma massachusetts,mi michigan,mn minnesota,ms mississippi,mo missouri,mt montana,ne nebraska,nv nevada,nh new hampshire,
nj new jersey,nm new mexico,ny new york,nc north carolina,nd north dakota,oh ohio,ok oklahoma,or oregon,pa pennsylvania,
ri rhode island,sc south carolina,sd south dakota,tn tennessee,tx texas,ut utah,vt vermont,va virginia,wa washington,
wv west virginia,wi wisconsin,wy wyoming,dc district of columbia`;

const months = `january february march april may june july august september october november december monday tuesday wednesday
thursday friday saturday sunday`;

/** Names of one thing that neither initials nor the runtime tell. */
const others = [
  ['usa', 'us', 'united states', 'united states of america'],
  ['uk', 'gb', 'united kingdom', 'great britain'],
  ['uae', 'ae', 'united arab emirates'],
  ['eu', 'european union'],
  ['m', 'male', 'man', 'boy'],
  ['f', 'female', 'woman', 'girl'],
  ['nyc', 'new york city', 'new york'],
];

function readRegions(): string[][] {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .flatMap((code) => {
      const name = names.of(code);
      return name === undefined ? [] : [[code, name]];
    });
}

function readGroups(): string[][] {
  const stateGroups = states.split(/,\s*/).map((line) => {
    const [code = '', ...words] = line.split(' ');
    return [code, words.join(' ')];
  });
  const monthGroups = months.split(/\s+/).map((name) => [name.slice(0, 3), name]);
  return [...others, ...readRegions(), ...stateGroups, ...monthGroups];
}

let known: Map<string, Set<string>> | undefined;

/** Other names of what a text names: `california` → ca, `DE` → delaware, germany. Made at the first call. */
export function otherNamesOf(text: string): ReadonlySet<string> {
  known ??= collect(readGroups());
  return known.get(text) ?? nothing;
}

const nothing: ReadonlySet<string> = new Set();

function collect(groups: readonly string[][]): Map<string, Set<string>> {
  const map = new Map<string, Set<string>>();
  for (const group of groups) {
    const texts = group.map(normaliseValue);
    for (const text of texts) {
      const names = map.get(text) ?? new Set();
      for (const name of texts) if (name !== text) names.add(name);
      map.set(text, names);
    }
  }
  return map;
}
