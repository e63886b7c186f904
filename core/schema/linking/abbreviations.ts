/** What schemas write short, as `short long`; many a short form has several long ones. In the stems of names. */
const written = `abbr abbreviation, arc archive, aud audit, bak backup, stg staging, tmp temporary, acc account, acct account, addr address, adj adjustment, admin administration, amt amount,
appt appointment, approx approximate, arr arrival, asst assistant, attr attribute, auth authorization, avail available,
avg average, bal balance, bday birthday, bldg building, brk break, bu business, cal calendar, cat category, cert certificate,
cfg configuration, chg charge, chk check, cls class, cmp company, cnt count, co company, comm commission, comp company,
conf confirmation, cont continent, coord coordinate, corp corporation, cr credit, ctr center, ctry country, cur currency,
curr currency, cust customer, dept department, del delivery, dep departure, desc description, dest destination, dev device,
diag diagnosis, dim dimension, dir director, disc discount, dist district, dob birth, doc document, doc doctor, dr debit,
dt date, dtl detail, dur duration, ed education, edu education, eff effective, emp employee, eqp equipment, equip equipment,
est estimate, ev event, evt event, exp expense, exp expiry, ext extension, fac faculty, fac facility, fg finished, fk key,
fname first, frt freight, ft foot, fwd forward, gend gender, geo geography, gl ledger, govt government, gr grade, grp group,
hdr header, hist history, hosp hospital, hq headquarters, hr hour, ht height, img image, incl include, ind industry,
info information, ins insurance, inst instructor, inst institution, instr instructor, int interest, inv invoice,
inv inventory, itm item, jnl journal, jrnl journal, lang language, lat latitude, lng longitude, lon longitude, len length,
lib library, lic license, ln line, lname last, loc location, lvl level, maint maintenance, max maximum, med medicine,
mem member, mfg manufacturing, mfr manufacturer, mgmt management, mgr manager, min minimum, min minute, misc miscellaneous,
mkt market, mo month, mod module, msg message, mth month, nat nationality, nbr number, no number, num number, obj object,
occ occupation, oper operation, opp opportunity, ord order, org organization, orig origin, ovt overtime, pat patient,
pct percent, perf performance, perm permission, pers person, pk key, po order, pr requisition, so order, plt plant, pmt payment, pop population, pos position,
pref preference, prev previous, proc procedure, proc process, prod product, prod production, prof professor, prog program,
proj project, prop property, prov provider, prov province, pt patient, pt point, pub publication, pur purchase,
qa quality, qc quality, qty quantity, qtr quarter, rcv receive, rcpt receipt, rec record, recv receive, ref reference,
reg region, reg registration, rel relation, rep representative, req request, req requisition, res reservation,
resp response, resp responsible, ret return, rev revenue, rev revision, rm room, rpt report, rslt result, rt route,
sal salary, sched schedule, sci science, sec section, seq sequence, ser series, sess session, shp shipment, sku product,
sp supplier, spec specification, spl supplier, sr sale, src source, st state, st street, sta station, stat status,
std standard, stmt statement, stu student, subj subject, subs subscription, sup supplier, supp supplier, svc service,
sz size, tbl table, tech technician, tel telephone, temp temperature, temp temporary, tgt target, tm time, tot total,
trk track, trn transaction, trx transaction, ts timestamp, txn transaction, typ type, ui interface, univ university,
uom unit, upd update, usr user, val value, veh vehicle, ven vendor, vend vendor, vnd vendor, vol volume, wc center,
wh warehouse, whs warehouse, wk week, wo order, wt weight, xfer transfer, xref reference, yr year, zip postal`;

const longForms = new Map<string, string[]>();
for (const [, short = '', long = ''] of written.matchAll(/([a-z]+) ([a-z]+)/g)) {
  longForms.set(short, [...(longForms.get(short) ?? []), long]);
}

/** What a short form usually stands for; nothing for a word that is none. */
export function longFormsOf(short: string): readonly string[] {
  return longForms.get(short) ?? [];
}

/** A word without its vowels but a leading one, doubled letters once: customer → cstmr. */
function skeletonOf(word: string): string {
  return (word.slice(0, 1) + word.slice(1).replaceAll(/[aeiou]/g, '')).replaceAll(/(.)\1/g, '$1');
}

for (const longs of [...longForms.values()]) {
  for (const long of longs) {
    const skeleton = skeletonOf(long);
    const known = longForms.get(skeleton) ?? [];
    if (skeleton.length >= 3 && !known.includes(long)) longForms.set(skeleton, [...known, long]);
  }
}

/**
 * How sure letters are a word's short form, by how such forms are made; 0 where they can be none. Without its vowels
 * (`trgt` target), the beginning of that (`cntc` contact), the beginning of the word (`inv` invoice), or some of its
 * consonants in their order (`invc`).
 */
export function likenessOfShortForm(short: string, word: string): number {
  if (short.length < 3 || short.length + 1 > word.length || short[0] !== word[0]) return 0;
  // Its second letter too is one of the word's: most pairs end here.
  if (!word.includes(short[1] ?? '', 1)) return 0;
  const skeleton = skeletonOf(word);
  const plain = short.replaceAll(/(.)\1/g, '$1');
  if (skeleton === plain) return 0.85;
  if (word.startsWith(short)) return short.length * 4 >= word.length ? 0.7 : 0;
  if (skeleton.startsWith(plain)) return 0.7;
  return plain.length * 3 > word.length && isWithin(plain, skeleton) ? 0.6 : 0;
}

function isWithin(letters: string, word: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = word.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
