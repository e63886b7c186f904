import type { Random } from './random.ts';

export interface Place {
  city: string;
  country: string;
}

/** Weighted: most people live in a few countries, a few in the rest. */
const countries: readonly (readonly [{ country: string; cities: readonly string[] }, number])[] = [
  [
    { country: 'United States', cities: ['New York', 'Chicago', 'Seattle', 'Austin', 'Boston', 'Denver'] },
    30,
  ],
  [{ country: 'Germany', cities: ['Berlin', 'Hamburg', 'Munich', 'Cologne'] }, 14],
  [{ country: 'United Kingdom', cities: ['London', 'Manchester', 'Bristol', 'Leeds'] }, 13],
  [{ country: 'France', cities: ['Paris', 'Lyon', 'Marseille', 'Nantes'] }, 10],
  [{ country: 'Canada', cities: ['Toronto', 'Vancouver', 'Montreal'] }, 8],
  [{ country: 'India', cities: ['Mumbai', 'Bengaluru', 'Delhi'] }, 8],
  [{ country: 'Australia', cities: ['Sydney', 'Melbourne', 'Perth'] }, 6],
  [{ country: 'Spain', cities: ['Madrid', 'Barcelona', 'Valencia'] }, 5],
  [{ country: 'Japan', cities: ['Tokyo', 'Osaka'] }, 4],
  [{ country: 'Brazil', cities: ['Sao Paulo', 'Rio de Janeiro'] }, 2],
];

export function pickPlace(random: Random): Place {
  const { country, cities } = random.weighted(countries);
  return { city: random.pick(cities), country };
}

/** Unique by its number, and made of the name, as real addresses are. */
export function emailOf(name: string, id: number, domain: string): string {
  const local = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z ]/g, '')
    .trim()
    .replace(/ +/g, '.');
  return `${local}${id}@${domain}`;
}

/** First and last name, without titles. */
export function pickName(random: Random): string {
  return `${random.faker.person.firstName()} ${random.faker.person.lastName()}`;
}

/** Invented: the 555 exchange is not in use. */
export function pickPhone(random: Random): string {
  return `+1-${random.int(201, 989)}-555-${String(random.int(0, 9999)).padStart(4, '0')}`;
}
