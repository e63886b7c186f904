import type { TableRows, Value } from '../generation/script.ts';
import { addDays, createDraws, type Draws } from '../generation/seeded.ts';

const clients: [string, string][] = [
  ['Ardenfield Council', 'M'],
  ['Brewery Kastel', 'I'],
  ['Clearbrook Dairy', 'I'],
  ['Dunmore Town Works', 'M'],
  ['Eastmere Water Board', 'M'],
  ['Farrow Paper Mill', 'I'],
  ['Glenroy Campsite', 'P'],
  ['Harlow Spa', 'P'],
  ['Inverleigh Council', 'M'],
  ['Juniper Textiles', 'I'],
  ['Kestrel Foods', 'I'],
  ['Lowick Parish', 'M'],
  ['Marsh Farm', 'P'],
  ['Northgate Tannery', 'I'],
  ['Oakham Town Works', 'M'],
  ['Penrose Chemicals', 'I'],
  ['Quayside Hotel', 'P'],
  ['Redhill Quarry', 'I'],
  ['Stanton Council', 'M'],
  ['Thornbury Golf Club', 'P'],
  ['Ullswick Fish Farm', 'I'],
  ['Vale Water Board', 'M'],
  ['Westbrook Laundry', 'I'],
  ['Yarrow Estate', 'P'],
];
/** Number of Brewery Kastel. */
const brewery = 102;
const cities = ['Ardenfield', 'Dunmore', 'Eastmere', 'Inverleigh', 'Oakham', 'Stanton'];
const siteWords =
  'Mill Race,Old Well,North Intake,Harbour Pool,Weir,Reservoir,Bore 1,Bore 2,Outfall,Settling Tank,Bathing Beach,Spring,Pump House,Lower Lake,Upper Lake,Culvert,Storage Tank,Deep Well,River Gauge,Cooling Pond,Fish Ladder,South Intake,Lido,Drain 4,Clarifier,Chapel Spring,Quarry Lake,Bore 7,Ferry Steps,Sluice,Tower Tank,Meadow Ditch,Bore 9,Estuary Point,Ash Bridge,Holding Basin,Tap Line 3,West Main,Grease Trap,Swan Pool,Valley Bore,Canal Lock'.split(
    ',',
  );
const analysts: [string, string, string][] = [
  ['ABR', 'Alice', 'Brandt'],
  ['CDO', 'Conor', 'Doyle'],
  ['EFI', 'Elif', 'Fidan'],
  ['GHA', 'Grace', 'Hale'],
  ['IJO', 'Ian', 'Jones'],
  ['KLE', 'Katrin', 'Lehmann'],
  ['MNO', 'Marco', 'Novelli'],
  ['OPA', 'Olena', 'Panko'],
  ['RSI', 'Ravi', 'Singh'],
  ['TUN', 'Tove', 'Unger'],
];
const methods: [string, string, number, boolean][] = [
  ['IC-01', 'Ion chromatography', 1.5, true],
  ['ICP-02', 'Plasma mass spectrometry', 2, true],
  ['PHO-03', 'Photometry', 0.5, true],
  ['ELE-04', 'Electrode measurement', 0.2, false],
  ['MBF-05', 'Membrane filtration', 3, true],
  ['GC-06', 'Gas chromatography', 4.5, false],
  ['TIT-07', 'Titration', 0.8, false],
  ['GRV-08', 'Gravimetry', 1, false],
];
const parameters: [string, string, string, string, number, number][] = [
  ['NO3', 'Nitrate', 'mg/l', 'IC-01', 18, 50],
  ['CL', 'Chloride', 'mg/l', 'IC-01', 16.5, 250],
  ['SO4', 'Sulfate', 'mg/l', 'IC-01', 16.5, 250],
  ['PB', 'Lead', 'ug/l', 'ICP-02', 32, 10],
  ['AS', 'Arsenic', 'ug/l', 'ICP-02', 34, 10],
  ['FE', 'Iron', 'mg/l', 'ICP-02', 22, 0.2],
  ['NH4', 'Ammonium', 'mg/l', 'PHO-03', 14, 0.5],
  ['PO4', 'Phosphate', 'mg/l', 'PHO-03', 15.8, 2],
  ['PH', 'Acidity', 'pH', 'ELE-04', 6, 9.5],
  ['EC', 'Conductivity', 'uS/cm', 'ELE-04', 6.5, 2500],
  ['ECOLI', 'Escherichia coli', 'CFU', 'MBF-05', 28, 12],
  ['ENT', 'Enterococci', 'CFU', 'MBF-05', 29, 14],
  ['PEST', 'Pesticides, total', 'ug/l', 'GC-06', 120, 0.5],
  ['HRD', 'Hardness', 'dH', 'TIT-07', 12, 40],
];
const waterTypes = ['drinking', 'surface', 'ground', 'waste', 'bathing'];
const looser: Record<string, number> = { drinking: 1, ground: 1.5, surface: 2, bathing: 3, waste: 8 };
const instruments: [string, string, number][] = [
  ['Ion chromatograph', 'Metrohm', 38500],
  ['Mass spectrometer', 'Agilent', 184000],
  ['Photometer', 'Hach', 6200],
  ['pH meter', 'WTW', 1450],
  ['Conductivity meter', 'WTW', 980],
  ['Incubator', 'Memmert', 20000],
  ['Gas chromatograph', 'Agilent', 62400],
  ['Titrator', 'Metrohm', 21300],
  ['Analytical balance', 'Sartorius', 8900],
  ['Autoclave', 'Systec', 20000.5],
  ['Photometer', 'Merck', 7350],
  ['Fridge logger', 'Testo', 640],
  ['Pipette set', 'Sartorius', 3120],
  ['Turbidity meter', 'Hach', 4790],
];

/** Rows of a laboratory that tests water. */
export function waterLabRows(): TableRows[] {
  const draws = createDraws(31_337);
  const limits = makeLimits();
  const sites = makeSites(draws);
  const samples = makeSamples(draws, sites.find((site) => site[1] === brewery)?.[0] ?? null);
  return [
    table('lb_cli', 'cli_no cli_nm cli_typ cty actv crdt_lmt', makeClients(draws)),
    table('lb_site', 'site_no cli_no site_nm wtr_typ dpth_m dt_opn', sites),
    table('lb_anl', 'anl_id frst_nm lst_nm dt_hire snr_fl', makeAnalysts(draws)),
    table('lb_smp', 'smp_no site_no dt_smp dt_rcv tmp_c prio smp_st', samples),
    table('lb_mth', 'mth_cd mth_ds hrs_reqd accr', methods),
    table(
      'lb_par',
      'par_cd par_nm unt mth_cd prc',
      parameters.map((row) => row.slice(0, 5)),
    ),
    table('lb_lim', 'par_cd wtr_typ max_val', limits),
    table('lb_res', 'smp_no par_cd val anl_id dt_anl exc_fl', makeResults(draws, sites, samples, limits)),
    table('lb_eqp', 'eqp_no eqp_ds mfr dt_pur cst dt_ret', makeEquipment(draws)),
    table('lb_cal', 'eqp_no dt_cal anl_id dev_pct ok_fl', makeCalibrations(draws)),
  ];
}

function table(name: string, columns: string, rows: Value[][]): TableRows {
  return { table: name, columns: columns.split(' '), rows };
}

function times(count: number, make: (index: number) => Value[]): Value[][] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function makeClients(draws: Draws): Value[][] {
  return clients.map(([name, type], index) => [
    index + 101,
    name,
    type,
    draws.pick(cities),
    draws.chance(0.8) ? 'Y' : 'N',
    type === 'M' ? null : draws.int(4, 40) * 500,
  ]);
}

function makeSites(draws: Draws): Value[][] {
  return siteWords.map((name, index) => {
    const isWell = /Well|Bore|Spring/.test(name);
    const type = isWell ? 'ground' : draws.pick(waterTypes.filter((one) => one !== 'ground'));
    return [
      index + 1,
      101 + draws.int(0, clients.length - 3),
      name,
      type,
      isWell ? draws.decimal(4, 120, 1) : null,
      draws.day('1998-01-01', '2022-06-30'),
    ];
  });
}

function makeAnalysts(draws: Draws): Value[][] {
  return analysts.map(([id, first, last], index) => [
    id,
    first,
    last,
    draws.day('2004-01-01', '2023-12-31'),
    index % 3 === 0,
  ]);
}

/** Samples taken on the last day of a year are received in the next: a careless condition errs there. */
const samplingDays = ['2024-12-31', '2024-01-01', '2025-01-01', '2023-12-31', '2024-12-30'];

function makeSamples(draws: Draws, industrialSite: Value): Value[][] {
  return times(140, (index) => {
    const taken = samplingDays[index] ?? addDays('2023-02-01', index * 7 + draws.int(0, 6));
    const month = Number(taken.slice(5, 7));
    const warmth = 12 - 9 * Math.cos(((month - 1) / 6) * Math.PI);
    // Two are urgent, and taken at 15 degrees sharp and a little below.
    const mild = [15, 14.5][index - samplingDays.length];
    return [
      5001 + index,
      // The one that arrives on the first day of 2024 is an industrial client's.
      index === 3 ? industrialSite : draws.int(1, siteWords.length - 3),
      taken,
      addDays(taken, index < samplingDays.length ? 1 : draws.pick([0, 0, 0, 1, 1, 2, 4])),
      mild !== undefined
        ? mild
        : draws.chance(0.9)
          ? Math.round((warmth + draws.decimal(-3, 4, 1)) * 10) / 10
          : null,
      mild !== undefined ? 1 : draws.pick([1, 2, 2, 2, 3]),
      index < samplingDays.length ? 'C' : draws.pick(['C', 'C', 'C', 'C', 'O', 'R']),
    ];
  });
}

/** Each parameter has limits for three of the five water types, the one for drinking water included. */
function makeLimits(): Value[][] {
  return parameters.flatMap(([code, , , , , limit], index) =>
    waterTypes
      .filter((_, place) => place === 0 || (place + index) % 2 === 0)
      .map((type) => [code, type, code === 'PH' ? limit : limit * (looser[type] ?? 1)]),
  );
}

function makeResults(draws: Draws, sites: Value[][], samples: Value[][], limits: Value[][]): Value[][] {
  const rows: Value[][] = [];
  for (const [sample, site, , received, , , status] of samples) {
    if (status === 'R') continue;
    const isEarly = Number(sample) <= 5000 + samplingDays.length;
    const type = sites[Number(site) - 1]?.[3];
    for (const [code, , , , , base] of parameters) {
      if (!draws.chance(0.17)) continue;
      const limit = limits.find(([one, kind]) => one === code && kind === type)?.[2];
      const isCount = code === 'ECOLI' || code === 'ENT';
      const highest = Number(limit ?? base) * 1.25;
      const value = isCount
        ? draws.int(0, Math.round(highest))
        : code === 'PH'
          ? draws.decimal(5.8, 9.9, 1)
          : draws.decimal(highest / 50, highest, 3);
      const isBelow = draws.chance(0.08);
      const exceeds = !isBelow && limit !== undefined && value > Number(limit);
      rows.push([
        sample ?? null,
        code,
        isBelow ? null : value,
        draws.pick(analysts)[0],
        addDays(String(received), isEarly ? 0 : draws.int(0, 9)),
        exceeds,
      ]);
    }
  }
  return rows;
}

function makeEquipment(draws: Draws): Value[][] {
  return instruments.map(([name, maker, cost], index) => {
    const bought = draws.day('2009-01-01', '2022-12-31');
    return [
      index + 1,
      name,
      maker,
      bought,
      cost,
      index === 7 || index === 10 ? draws.day('2024-01-01', '2025-03-31') : null,
    ];
  });
}

function makeCalibrations(draws: Draws): Value[][] {
  const rows: Value[][] = [];
  for (let equipment = 1; equipment <= instruments.length - 2; equipment += 1) {
    let day = draws.day('2023-01-10', '2023-06-30');
    while (day < '2025-10-01') {
      const deviation = draws.decimal(-6, 6, 2);
      rows.push([equipment, day, draws.pick(analysts)[0], deviation, Math.abs(deviation) <= 5]);
      day = addDays(day, draws.int(90, 260));
    }
  }
  return rows;
}
