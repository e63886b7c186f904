import { emailOf, pickName } from './places.ts';
import { addDays, cents, createRandom, itemAt, range, today, type Random } from './random.ts';
import { readTables, table, type DemoScript, type Value } from './script.ts';

const regions: Record<string, readonly string[]> = {
  North: ['Minneapolis', 'Milwaukee', 'Fargo'],
  South: ['Atlanta', 'Dallas', 'Miami', 'New Orleans'],
  East: ['New York', 'Boston', 'Philadelphia'],
  West: ['Los Angeles', 'Portland', 'San Francisco', 'Seattle'],
  Central: ['Chicago', 'Kansas City', 'St. Louis'],
};
const districts = [
  ...[
    'Airport',
    'Bridge',
    'Cathedral',
    'Downtown',
    'East Gate',
    'Fairview',
    'Garden',
    'Harbor',
    'Hillside',
    'Lake',
  ],
  ...['Market', 'Mill', 'North End', 'Oak', 'Old Town', 'Park', 'River', 'Station', 'Sunset', 'University'],
];
const categories: Record<string, { items: readonly string[]; from: number; to: number }> = {
  Bakery: { items: ['Rye Bread', 'Croissant', 'Bagel', 'Muffin', 'Baguette'], from: 1, to: 8 },
  Beverages: {
    items: ['Orange Juice', 'Sparkling Water', 'Green Tea', 'Coffee Beans', 'Lemonade'],
    from: 1,
    to: 18,
  },
  Dairy: { items: ['Whole Milk', 'Cheddar', 'Yogurt', 'Butter', 'Cream'], from: 1, to: 14 },
  Electronics: {
    items: ['Batteries', 'USB Cable', 'Earphones', 'Light Bulb', 'Phone Charger'],
    from: 4,
    to: 70,
  },
  Frozen: { items: ['Pizza', 'Peas', 'Ice Cream', 'Fish Fillets'], from: 2, to: 16 },
  Household: { items: ['Detergent', 'Paper Towels', 'Candle', 'Storage Box', 'Sponge'], from: 2, to: 35 },
  Produce: { items: ['Apples', 'Bananas', 'Tomatoes', 'Spinach', 'Avocado'], from: 1, to: 9 },
  Snacks: { items: ['Potato Chips', 'Dark Chocolate', 'Pretzels', 'Trail Mix', 'Cookies'], from: 1, to: 12 },
};
const makes = [
  'Anchor',
  'Bluebird',
  'Cloverleaf',
  'Daily',
  'Evergreen',
  'Farmhouse',
  'Golden',
  'Heritage',
  'Ideal',
  'Juniper',
];
const suppliers = [
  'Atlas Foods',
  'Brook Trading',
  'Crown Wholesale',
  'Delta Supply',
  'Elm Distribution',
  'First Harvest',
];
const jobs = [
  ['Cashier', 5, 26, 36],
  ['Sales Associate', 4, 28, 42],
  ['Stock Clerk', 3, 27, 38],
  ['Supervisor', 1, 42, 58],
] as const;

interface Employee {
  id: number;
  storeId: number;
  hireDate: string;
}

export function generateRetail(): DemoScript {
  const random = createRandom(5_005);
  const storeRows = makeStores(random);
  const employees: Employee[] = [];
  const employeeRows = storeRows.flatMap((store) => makeStaff(random, store, employees));
  const productRows = makeProducts(random);
  const { inventory, stocked } = makeInventory(random, storeRows, productRows);
  const sales = makeSales(random, storeRows, productRows, stocked, employees);
  return {
    title: 'Demo database: a chain of shops',
    ddl: readTables('retail'),
    tables: [
      table('stores', 'id name city region store_type floor_area opened_date is_open', storeRows),
      table('employees', 'id store_id manager_id name email job_title salary hire_date', employeeRows),
      table('products', 'id sku name category supplier unit_price cost_price', productRows),
      table('inventory', 'store_id product_id quantity reorder_level last_restocked', inventory),
      table(
        'sales',
        'id store_id product_id employee_id sale_date quantity unit_price total_amount payment_method',
        sales,
      ),
    ],
    indexes: [
      'CREATE INDEX employees_store_id_idx ON employees (store_id);',
      'CREATE INDEX inventory_product_id_idx ON inventory (product_id);',
      'CREATE INDEX sales_store_id_idx ON sales (store_id);',
      'CREATE INDEX sales_product_id_idx ON sales (product_id);',
      'CREATE INDEX sales_sale_date_idx ON sales (sale_date);',
    ],
  };
}

function makeStores(random: Random): Value[][] {
  const places = Object.entries(regions).flatMap(([region, cities]) =>
    cities.map((city) => ({ region, city })),
  );
  const sites = places.flatMap((place) => districts.map((district) => ({ ...place, district })));
  return random.faker.helpers
    .shuffle(sites)
    .slice(0, 210)
    .map(({ region, city, district }, index) => {
      const kinds = [
        ['supermarket', 5],
        ['express', 4],
        ['outlet', 1.5],
        ['flagship', 0.6],
      ] as const;
      const type = random.weighted(kinds);
      const area =
        type === 'express' ? random.int(80, 300) : random.int(400, type === 'flagship' ? 6_000 : 2_500);
      const opened = random.date('1995-01-01', '2024-06-30');
      return [index + 1, `${city} ${district}`, city, region, type, area, opened, random.chance(0.96)];
    });
}

function makeStaff(random: Random, store: Value[], employees: Employee[]): Value[][] {
  const managerId = employees.length + 1;
  return range(random.int(4, 10)).map((number) => {
    const id = employees.length + 1;
    const name = pickName(random);
    const kinds = jobs.map((job) => [job, job[1]] as const);
    const [job, , from, to] = number === 0 ? ['Store Manager', 0, 55, 95] : random.weighted(kinds);
    const hireDate = random.date(String(store[6]), addDays(today, -30));
    employees.push({ id, storeId: Number(store[0]), hireDate });
    const salary = random.int(Number(from) * 10, Number(to) * 10) * 100;
    const manager = number === 0 ? null : managerId;
    return [id, Number(store[0]), manager, name, emailOf(name, id, 'stores.example'), job, salary, hireDate];
  });
}

function makeProducts(random: Random): Value[][] {
  const names = Object.entries(categories).flatMap(([category, { items, from, to }]) =>
    items.flatMap((item) => makes.map((make) => ({ category, name: `${make} ${item}`, from, to }))),
  );
  return random.faker.helpers
    .shuffle(names)
    .slice(0, 360)
    .map(({ category, name, from, to }, index) => {
      const price = random.int(from, to) + random.pick([0.29, 0.49, 0.79, 0.99]);
      const cost = cents(price * (random.int(45, 80) / 100));
      const sku = `${category.slice(0, 3).toUpperCase()}-${String(index + 1).padStart(4, '0')}`;
      return [index + 1, sku, name, category, random.pick(suppliers), cents(price), cost];
    });
}

/** Every store keeps some products; the last ten products are in no store. */
function makeInventory(random: Random, stores: Value[][], products: Value[][]) {
  const inventory: Value[][] = [];
  const stocked = new Map<number, number[]>();
  for (const store of stores) {
    const count = store[4] === 'express' ? random.int(12, 18) : random.int(18, 32);
    const chosen = new Set(range(count).map(() => 1 + random.skewed(products.length - 10, 1.2)));
    const ids = [...chosen].sort((a, b) => a - b);
    stocked.set(Number(store[0]), ids);
    for (const productId of ids) {
      const quantity = random.chance(0.06) ? 0 : random.int(1, 240);
      const restocked = random.chance(0.95) ? random.date('2025-03-01', today) : null;
      inventory.push([Number(store[0]), productId, quantity, random.int(2, 12) * 5, restocked]);
    }
  }
  return { inventory, stocked };
}

/** Stores sell what they keep; some open stores and all closed ones sold nothing in the period. */
function makeSales(
  random: Random,
  stores: Value[][],
  products: Value[][],
  stocked: Map<number, number[]>,
  employees: Employee[],
): Value[][] {
  const selling = stores.filter((store) => store[7] === true && Number(store[0]) % 25 !== 0);
  const dates = range(4_800).map(() => random.date('2023-01-01', today));
  return dates.sort().map((date, index) => {
    const store = itemAt(
      selling.filter((each) => String(each[6]) <= date),
      random.skewed(selling.length - 20, 1.3),
    );
    const storeId = Number(store[0]);
    const productId = random.pick(stocked.get(storeId) ?? []);
    const staff = employees.filter((each) => each.storeId === storeId && each.hireDate <= date);
    const employeeId = staff.length > 0 && random.chance(0.85) ? random.pick(staff).id : null;
    const quantity = random.weighted([
      [1, 5],
      [2, 3],
      [3, 2],
      [random.int(4, 12), 1],
    ] as const);
    const price = Number(itemAt(products, productId - 1)[5]);
    const payment = random.weighted([
      ['card', 6],
      ['cash', 3],
      ['mobile', 2],
    ] as const);
    return [
      index + 1,
      storeId,
      productId,
      employeeId,
      date,
      quantity,
      price,
      cents(quantity * price),
      payment,
    ];
  });
}
