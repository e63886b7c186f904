/**
 * Which columns look like personal data, by what they are called and by what they hold. It errs on the side of leaving
 * a column out: a user may allow each one by name.
 */
import { splitName } from '../question-words.ts';

export type PersonalKind =
  | 'name of a person'
  | 'e-mail address'
  | 'phone number'
  | 'postal address'
  | 'date of birth'
  | 'secret'
  | 'identity number'
  | 'bank or card number'
  | 'network address'
  | 'health'
  | 'free text about people';

/** Runs of stems in a column's name; `*` is any table, else the table's name must hold one of the words. */
const namePatterns: [PersonalKind, string][] = [
  [
    'network address',
    'ip, ip address, mac address, user agent, device id, imei, latitude longitude, geolocation',
  ],
  ['e-mail address', 'email, e mail, mail, mailbox'],
  ['phone number', 'phone, telephone, tel, mobile, cell, cellphone, fax, msisdn, whatsapp, telefon'],
  [
    'postal address',
    'address, addr, street, straße, strasse, house number, house no, postcode, post code, postal code, zip, zipcode, zip code, apartment, addressline, line 1, line 2',
  ],
  ['date of birth', 'birth, birthday, birthdate, dob, born, date of birth'],
  [
    'secret',
    'password, passwd, pwd, pass, passphrase, secret, token, api key, apikey, hash, salt, credential, private key, otp, pin, session id, cookie, auth, signature',
  ],
  [
    'identity number',
    'ssn, social security, passport, national id, tax id, tax no, tax number, vat number, license number, licence number, driver license, personnel number, insurance number, patient number, mrn',
  ],
  [
    'bank or card number',
    'iban, bic, swift, card number, card no, credit card, cc number, cvv, cvc, account number, account no, bank account, sort code, routing number',
  ],
  ['health', 'diagnosis, symptom, allergy, medication note, blood type, disability'],
  [
    'name of a person',
    `first name, firstname, fname, last name, lastname, lname, surname, given name, middle name, maiden name, full name,
    fullname, family name, nickname, nick name, username, user name, login, person name, contact, contact name,
    customer name, employee name, patient name, student name, author name, owner name, holder, cardholder, forename,
    vorname, nachname, prenom, apellido`,
  ],
  [
    'free text about people',
    'note, notes, comment, comments, message, biography, bio, remark, remarks, body, memo',
  ],
];

const patterns = namePatterns.flatMap(([kind, list]) =>
  list.split(',').map((words): [PersonalKind, string] => [kind, splitName(words.trim()).join(' ')]),
);

/** Tables of people: a plain `name` in them is that of a person. */
const peopleWords = new Set(
  `person user customer client employee staff patient student teacher member guest visitor contact author owner driver
  doctor nurse physician professor instructor candidate applicant passenger player actor artist singer resident tenant
  subscriber lecturer pupil parent child worker manager donor volunteer voter beneficiary agent tutor crew
  spouse friend host reviewer beekeeper skipper sailor`
    .split(/\s+/)
    .flatMap(splitName),
);

/** What a column's name says that it holds, if that is personal. */
export function personalByName(table: string, column: string): PersonalKind | undefined {
  const words = splitName(column.replaceAll(/(\p{L})(\d)/gu, '$1 $2'));
  const text = ` ${words.join(' ')} `;
  const found = patterns.find(([, pattern]) => text.includes(` ${pattern} `));
  if (found) return found[0];
  const isName = words.at(-1) === 'name' && words.length <= 2;
  const owner = [...splitName(table), ...words.slice(0, -1)];
  return isName && owner.some((word) => peopleWords.has(word)) ? 'name of a person' : undefined;
}

const valuePatterns: [PersonalKind, (value: string) => boolean][] = [
  ['e-mail address', (value) => /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(value)],
  ['bank or card number', isIban],
  ['bank or card number', isCardNumber],
  ['identity number', (value) => /^\d{3}-\d{2}-\d{4}$/.test(value)],
  [
    'network address',
    (value) => /^(\d{1,3}\.){3}\d{1,3}$/.test(value) || /^([\da-f]{2}[:-]){5}[\da-f]{2}$/i.test(value),
  ],
  ['phone number', isPhoneNumber],
  ['secret', (value) => /^\$2[aby]\$|^[\da-f]{32,}$|^eyJ[\w-]+\.|^(sk|pk|ghp|xox[abp])[-_]/i.test(value)],
  [
    'postal address',
    (value) =>
      /^\d{1,5}[a-z]?,? (\p{L}[\p{L}.'-]* ){1,4}(street|st|avenue|ave|road|rd|lane|ln|drive|dr|way|court|ct|boulevard|blvd|place|square|terrace)\b/iu.test(
        value,
      ) || /(straße|strasse|str\.|gasse|allee|platz|weg) \d{1,4}\p{L}?$/iu.test(value),
  ],
  ['name of a person', isPersonName],
];

/** Share of values from which on a column is what they look like. Names are told by a list that holds only the commonest. */
const minShare = 0.3;
const minNameShare = 0.12;
/** Values looked at, evenly spread. */
const lookedAt = 300;

/** What a column's values look like, if that is personal. */
export function personalByValues(values: readonly string[]): PersonalKind | undefined {
  const step = Math.max(1, Math.floor(values.length / lookedAt));
  const sample = values.filter((_, at) => at % step === 0).map((value) => value.trim());
  if (sample.length === 0) return undefined;
  return valuePatterns.find(([kind, matches]) => {
    const share = sample.filter(matches).length / sample.length;
    return share >= (kind === 'name of a person' ? minNameShare : minShare);
  })?.[0];
}

function isPhoneNumber(value: string): boolean {
  const digits = value.replaceAll(/\D/g, '');
  const isShaped = /^(\+|00|\()?[\d\s().\/-]{7,20}(\s?(x|ext\.?)\s?\d{1,6})?$/i.test(value);
  // A date or a plain number is none.
  const isOther = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}( |$)/.test(value) || /^\d+([.,]\d+)?$/.test(value);
  return isShaped && digits.length >= 7 && digits.length <= 15 && !(isOther && !value.startsWith('+'));
}

/** International bank account number: letters as numbers, modulo 97 (ISO 13616). */
function isIban(value: string): boolean {
  const plain = value.replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/.test(plain)) return false;
  let rest = 0;
  for (const letter of plain.slice(4) + plain.slice(0, 4)) {
    for (const digit of parseInt(letter, 36).toString()) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}

/** Thirteen to nineteen digits with Luhn's check digit (ISO/IEC 7812). */
function isCardNumber(value: string): boolean {
  const digits = value.replaceAll(/[ -]/g, '');
  if (!/^\d{13,19}$/.test(digits)) return false;
  const sum = [...digits].toReversed().reduce((total, digit, at) => {
    const doubled = Number(digit) * (at % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

/** Common given names of several languages; those that are words or places too (Victoria, Paris) are left out. */
const givenNames = new Set(
  `aaron adam ahmed aisha alan albert alejandro alessandro alexander alice ali amanda amelia amy ana andrea andreas andrew
  angela anita ann anna anne anthony antonio arthur barbara benjamin bernard betty bob brandon brian bruce camille carl
  carla carlos carol caroline catherine charles charlotte chen chloe christian christina christine christopher claire
  clara claudia cynthia daniel daniela david deborah dennis diana diego dmitri donald donna dorothy douglas edward elena
  elizabeth ella emily emma eric erik ethan eva evelyn fatima felix fernando frank franz fred gabriel gary george gerald
  giovanni giulia gloria greg gregory hannah hans harold harry heather helen helena henry hiroshi howard hugo ian ibrahim
  igor ingrid irene isabel isabella ivan jack jacob jacques james jan jane janet jason javier jean jeff jeffrey jennifer
  jeremy jessica jim joan joe johan johannes john jonathan jorge jose joseph joshua juan judith judy julia julie karen
  karl kate katharina kathleen keith kelly kenneth kevin klaus kumar larry laura lauren laurent lea leila lena leo leon
  linda lisa liam louis louise luca lucas lucia lucy luis luke lukas magdalena manuel marco marcus margaret maria marie
  marina mario marta martha martin mary mateo matteo matthew matthias maximilian megan mehmet melissa mia michael michel
  michelle miguel mike mohamed mohammed monica monika muhammad nancy natalia nathan nicholas nicole nikolai noah nora
  olga oliver olivia omar oscar otto pablo pamela patricia patrick paul paula pedro peter petra philip philippe pierre
  priya rachel rafael raj ralph raymond rebecca ricardo richard robert roberto roger ronald rosa roy ruth ryan samantha
  samuel sandra sara sarah scott sean sebastian sergei sharon shirley silvia simon sofia sophia sophie stefan stephanie
  stephen steve steven susan susanne sven sylvia takashi tanya teresa theodore theresa thomas timothy tobias tom ursula
  valentina vera veronica vincent vladimir walter wang wei wendy werner william wolfgang yasmin yuki yusuf zoe`
    .split(/\s+/)
    .filter(Boolean),
);

/** `Anna`, `Anna Schmidt`, `Schmidt, Anna`, `Dr. Anna B. Schmidt`. */
function isPersonName(value: string): boolean {
  const words = value.split(/[\s,.]+/).filter(Boolean);
  if (words.length > 4 || !words.every((word) => /^\p{Lu}[\p{L}'’-]*$/u.test(word))) return false;
  return words.some((word) => givenNames.has(word.toLowerCase()));
}
