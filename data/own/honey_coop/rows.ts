import type { TableRows, Value } from '../generation/script.ts';
import { addDays, createDraws, type Draws } from '../generation/seeded.ts';

const firstNames =
  'Ana Bruno Clara Dario Elena Fabian Greta Hugo Irena Jakob Katja Luka Marta Nikola Olga Pavel Rosa Samo Tilda Urban Vera Zoran Agnes Borut Cveta Edvard Franka Gaspar Helga Ivo Jolanda Klemen Lidija Matej'.split(
    ' ',
  );
const lastNames =
  'Hribar Kovac Lindner Moretti Novak Oblak Pirc Rossi Sorli Turk Vidmar Zajc Bauer Cerar Dolenc Erjavec Fink'.split(
    ' ',
  );
const villages = ['Altmoos', 'Brodnica', 'Cerkvina', 'Dolina', 'Lipovec', 'Sankt Veit', 'Zeleni Vrh'];
const places =
  'Linden Hill,Old Quarry,Mill Meadow,Chestnut Slope,Upper Heath,Chapel Orchard,River Bend,Stone Wall,Fox Hollow,Town Hall Roof,Acacia Grove,Long Pasture,Raspberry Lane,Station Roof,Pine Ridge,Abbey Garden,Dry Creek,Shepherd Field,Birch Clearing,Windy Saddle,School Roof,Plum Terrace,Hornbeam Edge,Clover Flat,Bracken Moor,Ferry Landing,Sunny Bank,Walnut Yard,Hunter Lodge,Lake View'.split(
    ',',
  );
const municipalities = ['Gornja Reka', 'Hohenfeld', 'Lipa', 'Marzano', 'Trsje'];
const outletNames =
  'Green Basket,Bakery Jelen,Corner Grocer,Hotel Alpenrose,Saturday Stall,Farm Shop Mlin,Crust and Crumb,Village Store Lipa,Hotel Panorama,Market Stall Nine,The Honey Pot,Golden Loaf,Fresh and Local,Guest House Bor,Farm Shop Sonnenhof,Daily Bread,River Grocer,Castle Hotel,Stall by the Church,Orchard Shop,Bakery Zlata,Mini Market Trsje,Hotel Jezero,Old Town Stall,Dairy Shop Planina,Oven and Oak,Hilltop Grocery,Spa Hotel Terme,Harbour Stall,Cellar Shop'.split(
    ',',
  );
const outletKinds: Record<string, string> = {
  Bakery: 'bakery',
  Crust: 'bakery',
  Golden: 'bakery',
  Daily: 'bakery',
  Oven: 'bakery',
  Hotel: 'hotel',
  Guest: 'hotel',
  Castle: 'hotel',
  Spa: 'hotel',
  Saturday: 'market stall',
  Market: 'market stall',
  Stall: 'market stall',
  Old: 'market stall',
  Harbour: 'market stall',
  Farm: 'farm shop',
  Orchard: 'farm shop',
  Dairy: 'farm shop',
  Cellar: 'farm shop',
  The: 'farm shop',
};
const breeds = ['Carniolan', 'Buckfast', 'Italian', 'Caucasian', 'Dark European'];
const colours = ['blue', 'white', 'yellow', 'red', 'green'];
const varieties = ['Acacia', 'Chestnut', 'Linden', 'Wildflower', 'Forest Honeydew', 'Heather'];
const seasons = [2022, 2023, 2024, 2025];

/** Rows of the beekeepers' cooperative. */
export function honeyCoopRows(): TableRows[] {
  const draws = createDraws(20_411);
  const hives = makeHives(draws);
  const inspections = makeInspections(draws, hives);
  const batches = makeBatches(draws);
  return [
    table('members', 'id full_name village phone joined_on is_organic mentor_id', makeMembers(draws)),
    table(
      'apiaries',
      'id name municipality landscape elevation_m landowner established_on closed_on',
      makeApiaries(draws),
    ),
    table('hives', 'id hive_code apiary_id keeper_id hive_type installed_on status', hives),
    table(
      'queens',
      'id hive_id breed birth_year mark_colour introduced_on replaced_on replacement_reason',
      makeQueens(draws, hives),
    ),
    table(
      'inspections',
      'id hive_id inspector_id inspected_on brood_frames food_stores_kg temperament queen_seen swarm_cells notes',
      inspections,
    ),
    table('mite_counts', 'id inspection_id method mites_per_hundred', makeMiteCounts(draws, inspections)),
    table('treatments', 'id hive_id substance dose_ml started_on ended_on', makeTreatments(draws)),
    table('honey_batches', 'id batch_number variety extracted_on moisture_percent passed_lab', batches),
    table('harvests', 'id hive_id batch_id weight_kg supers_taken', makeHarvests(draws, hives, batches)),
    table('outlets', 'id name kind town contact_email', makeOutlets(draws)),
    table(
      'deliveries',
      'id outlet_id batch_id delivered_on jar_size_g jars price_per_jar paid_on',
      makeDeliveries(draws, batches),
    ),
  ];
}

function table(name: string, columns: string, rows: Value[][]): TableRows {
  return { table: name, columns: columns.split(' '), rows };
}

function times(count: number, make: (index: number) => Value[]): Value[][] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function makeMembers(draws: Draws): Value[][] {
  return times(34, (index) => [
    index + 1,
    `${firstNames[index]} ${draws.pick(lastNames)}`,
    draws.pick(villages),
    draws.chance(0.8) ? `+386 40 ${draws.int(100, 999)} ${draws.int(100, 999)}` : null,
    index < 8
      ? draws.day('2009-03-01', '2012-03-31')
      : index === 9
        ? '2015-01-01'
        : draws.day('2012-05-01', '2024-10-31'),
    index === 9 || draws.chance(0.35),
    // The first eight are the founders: nobody guides them.
    index < 8 || draws.chance(0.3) ? null : draws.pick([1, 1, 2, 3, 3, 3, 4, 5, 6]),
  ]);
}

function makeApiaries(draws: Draws): Value[][] {
  return places.map((name, index) => {
    const established = draws.day('2010-01-01', '2021-12-31');
    const landscape = name.includes('Roof') ? 'urban' : draws.pick(['forest', 'meadow', 'orchard', 'heath']);
    return [
      index + 1,
      name,
      draws.pick(municipalities),
      landscape,
      draws.int(18, 130) * 10,
      draws.chance(0.7) ? `${draws.pick(lastNames)} family` : null,
      established,
      // The last four are empty places, two of them given up.
      index >= 28 ? draws.day('2022-01-01', '2024-12-31') : null,
    ];
  });
}

function makeHives(draws: Draws): Value[][] {
  return times(96, (index) => [
    index + 1,
    `H-${String(101 + index)}`,
    draws.int(1, 26),
    draws.int(1, 29),
    draws.pick(['Langstroth', 'Langstroth', 'Dadant', 'Dadant', 'Top-bar', 'Warré']),
    draws.day('2014-03-01', '2022-05-31'),
    draws.pick(['active', 'active', 'active', 'active', 'weak', 'lost', 'sold']),
  ]);
}

function makeQueens(draws: Draws, hives: Value[][]): Value[][] {
  const rows: Value[][] = [];
  for (const [hive] of hives) {
    let year = draws.int(2019, 2022);
    let introduced = draws.day(`${year}-05-01`, `${year}-08-31`);
    while (draws.chance(0.45) && year < 2025) {
      const replaced = draws.day(`${year + 1}-05-01`, `${year + 1}-08-31`);
      rows.push(queen(draws, rows.length, hive, introduced, replaced));
      introduced = replaced;
      year += 1;
    }
    rows.push(queen(draws, rows.length, hive, introduced, null));
  }
  return rows;
}

function queen(
  draws: Draws,
  index: number,
  hive: Value | undefined,
  introduced: string,
  replaced: string | null,
): Value[] {
  const birthYear = Number(introduced.slice(0, 4)) - Number(draws.chance(0.3));
  const reason = draws.pick(['old age', 'swarmed', 'drone layer', 'aggressive colony', 'died in winter']);
  return [
    index + 1,
    hive ?? null,
    draws.pick(breeds),
    birthYear,
    draws.chance(0.85) ? (colours[birthYear % 5] ?? null) : null,
    introduced,
    replaced,
    replaced === null ? null : reason,
  ];
}

function makeInspections(draws: Draws, hives: Value[][]): Value[][] {
  return times(290, (index) => [
    index + 1,
    // The newest six hives were never opened.
    draws.int(1, hives.length - 6),
    draws.int(1, 20),
    inspectionDay(draws),
    draws.int(0, 10),
    draws.decimal(0.5, 24, 1),
    draws.pick([1, 1, 2, 2, 2, 3, 3, 4, 5]),
    draws.chance(0.6),
    draws.chance(0.2) ? draws.int(1, 9) : 0,
    draws.chance(0.25)
      ? draws.pick([
          'added a super',
          'removed drone brood',
          'chalk brood on two frames',
          'needs feeding',
          'wasps at the entrance',
        ])
      : null,
  ]);
}

/** Hives are opened from spring to early autumn only. */
function inspectionDay(draws: Draws): string {
  const year = draws.int(2023, 2025);
  return draws.day(`${year}-03-15`, `${year}-09-30`);
}

function makeMiteCounts(draws: Draws, inspections: Value[][]): Value[][] {
  return inspections
    .filter(() => draws.chance(0.5))
    .map(([inspection], index) => [
      index + 1,
      inspection ?? null,
      draws.pick(['alcohol wash', 'sugar roll', 'sugar roll', 'sticky board']),
      draws.decimal(0, 7.5, 1),
    ]);
}

function makeTreatments(draws: Draws): Value[][] {
  return times(120, (index) => {
    const started = draws.day('2022-07-15', '2025-09-15');
    const substance = draws.pick(['oxalic acid', 'formic acid', 'thymol', 'amitraz strips']);
    return [
      index + 1,
      draws.int(1, 82),
      substance,
      substance === 'amitraz strips' ? null : draws.int(4, 60) * 2.5,
      started,
      started > '2025-08-15' && draws.chance(0.7) ? null : addDays(started, draws.int(1, 42)),
    ];
  });
}

function makeBatches(draws: Draws): Value[][] {
  return times(44, (index) => {
    const year = seasons[Math.floor(index / 11)] ?? 2025;
    const waits = year === 2025 && draws.chance(0.5);
    return [
      index + 1,
      `B${year}-${String((index % 11) + 1).padStart(2, '0')}`,
      draws.pick(varieties),
      draws.day(`${year}-05-25`, `${year}-09-10`),
      draws.decimal(15.5, 20.5, 1),
      waits ? null : draws.chance(0.85),
    ];
  });
}

function makeHarvests(draws: Draws, hives: Value[][], batches: Value[][]): Value[][] {
  const rows: Value[][] = [];
  for (const [batch] of batches) {
    const chosen = new Set(
      times(draws.int(2, 6), () => [draws.int(1, hives.length - 10)]).map(([hive]) => hive),
    );
    for (const hive of chosen) {
      const supers = draws.int(1, 3);
      rows.push([
        rows.length + 1,
        hive ?? null,
        batch ?? null,
        draws.decimal(supers * 6, supers * 14, 1),
        supers,
      ]);
    }
  }
  return rows;
}

function makeOutlets(draws: Draws): Value[][] {
  return outletNames.map((name, index) => {
    const kind = outletKinds[name.split(' ')[0] ?? ''] ?? 'grocery';
    const mail = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@example.org`;
    return [
      index + 1,
      name,
      kind,
      draws.pick(['Bregstadt', 'Lipa', 'Marzano', 'Novi Trg', 'Trsje']),
      draws.chance(0.75) ? mail : null,
    ];
  });
}

/** Some fall on the first and last days of a year, where a careless condition errs; none after the end of October 2025. */
function deliveryDay(draws: Draws, extracted: string, index: number): string {
  const first = addDays(extracted, 10);
  const last = addDays(extracted, 300);
  const border = draws.pick(['12-31', '01-01']);
  const year = Number(extracted.slice(0, 4)) + Number(border === '01-01');
  if (index % 12 === 0 && year < 2026 && `${year}-${border}` < '2025-10-31') return `${year}-${border}`;
  return draws.day(first, last < '2025-10-31' ? last : '2025-10-31');
}

function makeDeliveries(draws: Draws, batches: Value[][]): Value[][] {
  return times(170, (index) => {
    // What the laboratory refused or has not seen is not sold; three outlets never bought.
    const batch = draws.pick(batches.filter((row) => row[5] === true));
    const delivered = deliveryDay(draws, String(batch[3]), index);
    const size = draws.pick([250, 500, 500, 1000]);
    const price =
      { 250: draws.decimal(3.5, 5.5, 1), 500: draws.decimal(6, 9.5, 1), 1000: draws.decimal(11, 17, 1) }[
        size
      ] ?? 0;
    return [
      index + 1,
      draws.int(1, 27),
      batch[0] ?? null,
      delivered,
      size,
      draws.int(2, 24) * 6,
      price,
      draws.chance(0.82) && delivered < '2025-09-01' ? addDays(delivered, draws.int(0, 60)) : null,
    ];
  });
}
