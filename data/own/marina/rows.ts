import type { TableRows, Value } from '../generation/script.ts';
import { addDays, createDraws, type Draws } from '../generation/seeded.ts';

const owners =
  'Astrid Holm,Bjarne Krogh,Carsten Wulff,Dorte Lund,Eskil Sandberg,Frauke Petersen,Gunnar Ek,Hanne Friis,Ingrid Dahl,Jens Thomsen,Karin Ohlsson,Lars Brandt,Mette Skov,Nils Ahlgren,Ole Kjær,Petra Jansen,Quirin Voss,Rikke Bang,Sven Hellström,Thea Moor,Ulla Berg,Viggo Storm,Wiebke Claasen,Yngve Lindahl,Anke Harms,Birgit Nyborg,Claus Rahn,Ditte Juhl,Emil Falk,Folke Ström,Gesa Behrens,Henrik Toft,Imke Lorenzen,Jonas Rehn,Kirsten Aagaard,Ludwig Thiel,Malin Forsberg,Niels Bohn,Oda Winther,Poul Vester,Ragna Hviid,Soeren Mølgaard,Tilde Busk,Uwe Carstensen,Vibeke Holst,Walter Hinrichs,Ylva Norén,Aksel Rud,Bente Krag,Christer Palm,Doris Matthiesen,Erik Sjöberg,Finn Hauge,Greta Nyman,Harald Iversen,Ilse Paulsen,Johan Ros,Klara Vinge,Leif Munk,Maren Ketels'.split(
    ',',
  );
const towns: [string, string][] = [
  ['Svendborg', 'DK'],
  ['Aarhus', 'DK'],
  ['Sønderborg', 'DK'],
  ['Flensburg', 'DE'],
  ['Kiel', 'DE'],
  ['Lübeck', 'DE'],
  ['Malmö', 'SE'],
  ['Kalmar', 'SE'],
  ['Groningen', 'NL'],
];
const boatNames =
  'Albatros,Blue Note,Calypso,Dragonfly,Esmeralda,Fair Wind,Gull,Havfrue,Isabella,Jolly Roger,Kestrel,Lady Ann,Morgenstern,Northern Light,Odin,Petrel,Queen Bee,Rosalie,Sea Urchin,Tern,Undine,Valkyrie,Windrose,Xenia,Yellow Tail,Zephyr,Amber,Baltic Queen,Cormorant,Dolphin,Eider,Freya,Godspeed,Hilde,Ingeborg,Juno,Kittiwake,Luna,Merlin,Nautilus,Ostwind,Polaris,Quicksilver,Runa,Skadi,Thor,Ursa,Vega,Wanderer,Yrsa,Aurora,Brise,Columbus,Delphine,Elbe,Fortuna,Grete,Helios,Iris,Jonathan,Katrine,Liberty,Mistral,Neptun,Orca,Passat,Rasmus,Saga,Triton,Urania,Victoria,Wal,Anna Maria,Bonito,Cirrus,Dana,Edda,Flunder'.split(
    ',',
  );
const kinds = [
  'sailing yacht',
  'sailing yacht',
  'sailing yacht',
  'motor cruiser',
  'motor cruiser',
  'catamaran',
  'fishing boat',
  'day sailer',
];
const baseLengths: Record<string, [number, number]> = {
  'sailing yacht': [8, 16],
  'motor cruiser': [7, 15],
  catamaran: [10, 15.5],
  'fishing boat': [6, 12],
  'day sailer': [4.5, 7],
};
const staff: [string, string][] = [
  ['Asger Dam', 'harbour master'],
  ['Bodil Rask', 'office clerk'],
  ['Casper Lind', 'crane operator'],
  ['Dagmar Frost', 'dock hand'],
  ['Ejner Kold', 'dock hand'],
  ['Fie Munch', 'office clerk'],
  ['Gorm Beck', 'crane operator'],
  ['Helle Stage', 'night watch'],
  ['Ivan Bruun', 'dock hand'],
  ['Jytte Klit', 'crane operator'],
  ['Knud Elbæk', 'night watch'],
  ['Lone Hjort', 'electrician'],
  ['Mads Riis', 'dock hand'],
];
const craneOperators = [3, 3, 3, 7, 7, 10];
/** Where a careless condition on a year errs. */
const newYearDays = ['2025-01-01', '2025-12-31', '2024-12-31'];
/** Length and year of three yachts that lie on a border. */
const borderBoats: Record<string, [number, number]> = {
  Calypso: [13, 1980],
  Dragonfly: [15.1, 1990],
  Valkyrie: [14.2, 1989],
};

/** Rows of a yacht harbour on the Baltic. */
export function marinaRows(): TableRows[] {
  const draws = createDraws(77_003);
  const berths = makeBerths(draws);
  const boats = makeBoats(draws);
  return [
    table('Pontoon', 'pontoonId letter lengthM waterDepthM hasFuelDock', makePontoons(draws)),
    table('Berth', 'berthId berthCode pontoonId maxLengthM hasPower', berths),
    table('Owner', 'ownerId fullName homeTown countryCode email memberSince isClubMember', makeOwners(draws)),
    table('Boat', 'boatId boatName ownerId boatKind lengthM draughtM hullMaterial builtYear', boats),
    table(
      'MooringContract',
      'contractId boatId berthId startsOn endsOn annualFee renewsItself cancelledOn',
      makeContracts(draws, boats),
    ),
    table(
      'VisitorStay',
      'stayId vesselName flag berthId arrivedOn nights crewCount chargeTotal',
      makeStays(draws),
    ),
    table('PowerReading', 'berthId readOn kilowattHours', makeReadings(draws, berths)),
    table('StaffMember', 'staffId fullName jobTitle hiredOn leftOn holdsCraneLicence', makeStaff(draws)),
    table('CraneLift', 'liftId boatId operatorId liftedOn direction purpose feeCharged', makeLifts(draws)),
    table(
      'Incident',
      'incidentId occurredAt berthId category severity reportedBy insuranceNotified',
      makeIncidents(draws),
    ),
    table('Invoice', 'invoiceNo ownerId issuedOn amountDue paidOn', makeInvoices(draws)),
  ];
}

function table(name: string, columns: string, rows: Value[][]): TableRows {
  return { table: `"${name}"`, columns: columns.split(' ').map((column) => `"${column}"`), rows };
}

function times(count: number, make: (index: number) => Value[]): Value[][] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function makePontoons(draws: Draws): Value[][] {
  return times(8, (index) => [
    index + 1,
    'ABCDEFGH'[index] ?? null,
    draws.int(8, 24) * 10,
    draws.decimal(1.8, 4.5, 1),
    index === 1 || index === 6,
  ]);
}

function makeBerths(draws: Draws): Value[][] {
  return times(104, (index) => [
    index + 1,
    `${'ABCDEFGH'[Math.floor(index / 13)]}-${String((index % 13) + 1).padStart(2, '0')}`,
    Math.floor(index / 13) + 1,
    draws.pick([8, 10, 12, 14, 16.5, 18]),
    draws.chance(0.7),
  ]);
}

function makeOwners(draws: Draws): Value[][] {
  return owners.map((name, index) => {
    const [town, country] = draws.pick(towns);
    const mail = `${name.split(' ')[0]?.toLowerCase()}@example.net`;
    return [
      index + 1,
      name,
      town,
      country,
      draws.chance(0.8) ? mail : null,
      draws.day('2005-04-01', '2025-05-31'),
      draws.chance(0.55),
    ];
  });
}

function makeBoats(draws: Draws): Value[][] {
  return boatNames.map((name, index) => {
    const border = borderBoats[name];
    const kind = border ? 'sailing yacht' : draws.pick(kinds);
    const [from, to] = baseLengths[kind] ?? [8, 12];
    const length = border?.[0] ?? draws.decimal(from, to, 1);
    const draught = Math.round(length * draws.decimal(0.09, 0.16, 2) * 10) / 10;
    const material = border
      ? 'steel'
      : draws.pick(['fibreglass', 'fibreglass', 'fibreglass', 'steel', 'wood', 'aluminium']);
    // No two wooden boats are of the same year; of one nobody knows it.
    const built = material === 'wood' ? 1901 + ((index * 37) % 78) : draws.int(1968, 2023);
    const known = border?.[1] ?? (name === 'Ostwind' || draws.chance(0.12) ? null : built);
    return [index + 1, name, draws.int(1, owners.length), kind, length, draught, material, known];
  });
}

function makeContracts(draws: Draws, boats: Value[][]): Value[][] {
  const rows: Value[][] = [];
  for (const [boat, , , , length] of boats) {
    // Every ninth boat stays on its trailer.
    if (Number(boat) % 9 === 0) continue;
    const berth = draws.int(1, 92);
    for (let year = draws.int(2022, 2025); year <= 2025; year += 1) {
      const fee = Math.round(Number(length) * draws.int(120, 190) * 4) / 4;
      const cancelled = draws.chance(0.08) ? draws.day(`${year}-06-01`, `${year}-11-30`) : null;
      rows.push([
        rows.length + 1,
        boat ?? null,
        berth,
        `${year}-04-01`,
        `${year + 1}-03-31`,
        fee,
        draws.chance(0.6),
        cancelled,
      ]);
    }
  }
  return rows;
}

function makeStays(draws: Draws): Value[][] {
  return times(160, (index) => {
    const year = draws.int(2023, 2025);
    const nights = draws.pick([1, 1, 1, 2, 2, 3, 4, 7]);
    const arrived = newYearDays[index] ?? draws.day(`${year}-04-15`, `${year}-10-15`);
    return [
      index + 1,
      `${draws.pick(['Sea', 'Wind', 'Silver', 'Little', 'Old', 'Ocean'])} ${draws.pick(['Rose', 'Dancer', 'Spirit', 'Bear', 'Star', 'Pearl', 'Fox'])}`,
      draws.pick(['Denmark', 'Germany', 'Germany', 'Sweden', 'Netherlands', 'Poland', 'Finland', 'Norway']),
      draws.int(1, 104),
      arrived,
      nights,
      draws.chance(0.9) ? draws.int(1, 8) : null,
      (nights * draws.int(72, 196)) / 4,
    ];
  });
}

function makeReadings(draws: Draws, berths: Value[][]): Value[][] {
  const rows: Value[][] = [];
  for (const [berth, , , , hasPower] of berths) {
    for (const day of ['2024-09-30', '2025-03-31', '2025-09-30']) {
      if (hasPower === true && draws.chance(0.9)) rows.push([berth ?? null, day, draws.decimal(0, 950, 1)]);
    }
  }
  return rows;
}

function makeStaff(draws: Draws): Value[][] {
  return staff.map(([name, title], index) => [
    index + 1,
    name,
    title,
    draws.day('2008-01-01', '2022-12-31'),
    index === 4 || index === 10 || index === 5 ? draws.day('2023-02-01', '2025-06-30') : null,
    title === 'crane operator' || index === 0,
  ]);
}

function makeLifts(draws: Draws): Value[][] {
  return times(130, (index) => {
    const year = draws.int(2023, 2025);
    const isOut = draws.chance(0.5);
    const purpose = draws.pick([
      'antifouling',
      'survey',
      'winter storage',
      'winter storage',
      'propeller repair',
    ]);
    const day = isOut
      ? draws.day(`${year}-09-15`, `${year}-11-10`)
      : draws.day(`${year}-03-20`, `${year}-05-10`);
    if (index === 0) return [1, 12, 3, '2025-04-01', 'in', 'antifouling', 287.5];
    return [
      index + 1,
      draws.int(1, 70),
      draws.pick(craneOperators),
      day,
      isOut ? 'out' : 'in',
      purpose,
      draws.chance(0.92) ? draws.int(12, 48) * 12.5 : null,
    ];
  });
}

function makeIncidents(draws: Draws): Value[][] {
  return times(58, (index) => {
    const day = draws.day('2022-05-01', '2025-09-30');
    const time = `${String(draws.int(0, 23)).padStart(2, '0')}:${String(draws.int(0, 11) * 5).padStart(2, '0')}:00`;
    return [
      index + 1,
      `${day} ${time}`,
      draws.chance(0.75) ? draws.int(1, 104) : null,
      draws.pick(['collision', 'fuel spill', 'theft', 'fire', 'broken line', 'person overboard']),
      draws.pick(['minor', 'minor', 'minor', 'moderate', 'moderate', 'serious']),
      draws.chance(0.7) ? draws.int(1, staff.length) : null,
      draws.chance(0.3),
    ];
  });
}

function makeInvoices(draws: Draws): Value[][] {
  return times(180, (index) => {
    const issued = draws.day('2023-01-10', '2025-09-20');
    return [
      `R-${10_001 + index}`,
      draws.int(1, owners.length - 4),
      issued,
      draws.int(60, 2400) * 1.25,
      draws.chance(0.75) ? addDays(issued, draws.int(1, 75)) : null,
    ];
  });
}
