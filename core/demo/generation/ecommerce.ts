import { emailOf, pickName, pickPhone, pickPlace } from './places.ts';
import { addDays, cents, createRandom, earlier, itemAt, range, today, type Random } from './random.ts';
import { readTables, table, type DemoScript, type Value } from './script.ts';

/** Each category with its kinds of article, and the range of its prices. */
const categories: readonly { category: string; kinds: readonly string[]; from: number; to: number }[] = [
  {
    category: 'Electronics',
    kinds: ['Headphones', 'Tablet', 'Camera', 'Speaker', 'Monitor', 'Keyboard'],
    from: 25,
    to: 1200,
  },
  { category: 'Books', kinds: ['Cookbook', 'Novel', 'Atlas', 'Biography', 'Guidebook'], from: 8, to: 60 },
  {
    category: 'Home & Kitchen',
    kinds: ['Kettle', 'Blender', 'Lamp', 'Pan', 'Toaster', 'Clock'],
    from: 12,
    to: 260,
  },
  {
    category: 'Sports',
    kinds: ['Tent', 'Yoga Mat', 'Bicycle Helmet', 'Backpack', 'Dumbbell Set'],
    from: 15,
    to: 340,
  },
  { category: 'Toys', kinds: ['Puzzle', 'Board Game', 'Train Set', 'Doll', 'Kite'], from: 7, to: 120 },
  { category: 'Beauty', kinds: ['Face Cream', 'Perfume', 'Shampoo', 'Lipstick'], from: 5, to: 95 },
  { category: 'Garden', kinds: ['Hose', 'Planter', 'Lawn Mower', 'Garden Chair'], from: 9, to: 480 },
  {
    category: 'Clothing',
    kinds: ['Jacket', 'Sweater', 'Jeans', 'Dress', 'Running Shoes'],
    from: 14,
    to: 220,
  },
];
const brands = [
  'Alpenrose',
  'Brightwell',
  'Cassia',
  'Dunmore',
  'Everline',
  'Fjordhaus',
  'Granby',
  'Hallmont',
];
const series = ['Classic', 'Compact', 'Deluxe', 'Essential', 'Premium', 'Pro', 'Travel', 'Ultra'];
const titles: Record<number, readonly string[]> = {
  1: ['Broke after a week', 'Very disappointed', 'Do not buy'],
  2: ['Not as described', 'Expected more', 'Poor quality'],
  3: ['It is okay', 'Does the job', 'Average'],
  4: ['Good value', 'Happy with it', 'Works well'],
  5: ['Excellent', 'Love it', 'Best purchase this year', 'Highly recommended'],
};

interface Customer {
  id: number;
  signupDate: string;
}
interface Product {
  id: number;
  price: number;
  releaseDate: string;
}

export function generateEcommerce(): DemoScript {
  const random = createRandom(1_001);
  const customers: Customer[] = [];
  const products: Product[] = [];
  const customerRows = range(600).map((index) => makeCustomer(random, index + 1, customers));
  const productRows = range(240).map((index) => makeProduct(random, index + 1, products));
  const sales = makeOrders(random, customers, products);
  return {
    title: 'Demo database: an online shop',
    ddl: readTables('ecommerce'),
    tables: [
      table('customers', 'id name email phone city country segment signup_date loyalty_points', customerRows),
      table('products', 'id name category brand price stock_quantity weight_kg release_date', productRows),
      table(
        'orders',
        'id customer_id order_date status payment_method shipped_date total_amount',
        sales.orders,
      ),
      table('order_items', 'id order_id product_id quantity unit_price', sales.items),
      table('reviews', 'id product_id customer_id rating title comment review_date', sales.reviews),
    ],
    indexes: [
      'CREATE INDEX orders_customer_id_idx ON orders (customer_id);',
      'CREATE INDEX orders_order_date_idx ON orders (order_date);',
      'CREATE INDEX order_items_product_id_idx ON order_items (product_id);',
      'CREATE INDEX reviews_product_id_idx ON reviews (product_id);',
    ],
  };
}

function makeCustomer(random: Random, id: number, customers: Customer[]): Value[] {
  const name = pickName(random);
  const { city, country } = pickPlace(random);
  const segment = random.weighted([
    ['Consumer', 7],
    ['Small Business', 2],
    ['Corporate', 1],
  ] as const);
  const signupDate = random.date('2021-01-01', '2025-05-31');
  customers.push({ id, signupDate });
  const phone = random.chance(0.85) ? pickPhone(random) : null;
  const points = random.chance(0.2) ? 0 : random.int(10, 5_000);
  return [id, name, emailOf(name, id, 'example.com'), phone, city, country, segment, signupDate, points];
}

function makeProduct(random: Random, id: number, products: Product[]): Value[] {
  const { category, kinds, from, to } = itemAt(categories, (id - 1) % categories.length);
  const brand = random.pick(brands);
  const name = `${brand} ${random.pick(series)} ${random.pick(kinds)}`;
  // Squared: many cheap articles, few expensive ones.
  const price =
    Math.floor(from + (to - from) * (random.int(0, 1_000) / 1_000) ** 2) + random.pick([0.49, 0.95, 0.99]);
  const releaseDate = random.date('2018-01-01', '2024-12-31');
  products.push({ id, price, releaseDate });
  const stock = random.chance(0.08) ? 0 : random.int(1, 500);
  const weight = random.chance(0.9) ? random.money(0.1, 15) : null;
  return [id, name, category, brand, price, stock, weight, releaseDate];
}

function makeOrders(random: Random, customers: Customer[], products: Product[]) {
  const orders: Value[][] = [];
  const items: Value[][] = [];
  const reviews: Value[][] = [];
  // One customer in nine never orders, and the last twenty products are never bought.
  const buyers = customers.filter((customer) => customer.id % 9 !== 0);
  const bought = products.slice(0, -20);
  for (const id of range(2_000).map((index) => index + 1)) {
    const customer = itemAt(buyers, random.skewed(buyers.length, 1.6));
    const orderDate = random.date(customer.signupDate, today);
    const status = pickStatus(random, orderDate);
    let total = 0;
    for (const product of pickProducts(random, bought, orderDate)) {
      const quantity = random.weighted([
        [1, 6],
        [2, 3],
        [3, 1],
        [random.int(4, 8), 0.5],
      ] as const);
      const unitPrice = random.chance(0.3) ? cents(product.price * 0.9) : product.price;
      total += quantity * unitPrice;
      items.push([items.length + 1, id, product.id, quantity, unitPrice]);
      if (status === 'delivered' && random.chance(0.35)) {
        reviews.push(makeReview(random, reviews.length + 1, product.id, customer.id, orderDate));
      }
    }
    const payment = random.weighted([
      ['credit card', 5],
      ['paypal', 3],
      ['bank transfer', 1],
      ['gift card', 1],
    ] as const);
    const shipped = ['shipped', 'delivered', 'returned'].includes(status);
    const shippedDate = shipped ? earlier(addDays(orderDate, random.int(0, 6)), today) : null;
    orders.push([id, customer.id, orderDate, status, payment, shippedDate, cents(total)]);
  }
  return { orders, items, reviews };
}

/** Only fresh orders are still on their way. */
function pickStatus(random: Random, orderDate: string): string {
  if (orderDate > addDays(today, -14)) return random.pick(['pending', 'processing', 'shipped']);
  return random.weighted([
    ['delivered', 80],
    ['cancelled', 9],
    ['returned', 7],
    ['shipped', 4],
  ] as const);
}

function pickProducts(random: Random, products: Product[], orderDate: string): Set<Product> {
  const chosen = new Set<Product>();
  const wanted = random.weighted([
    [1, 4],
    [2, 3],
    [3, 2],
    [4, 1],
    [5, 0.6],
  ] as const);
  for (let attempt = 0; chosen.size < wanted && attempt < 50; attempt += 1) {
    const product = itemAt(products, random.skewed(products.length, 1.4));
    if (product.releaseDate <= orderDate) chosen.add(product);
  }
  return chosen;
}

function makeReview(
  random: Random,
  id: number,
  productId: number,
  customerId: number,
  orderDate: string,
): Value[] {
  const rating = random.weighted([
    [5, 42],
    [4, 30],
    [3, 14],
    [2, 8],
    [1, 6],
  ] as const);
  const title = random.pick(titles[rating] ?? []);
  const comment = random.chance(0.6) ? random.faker.lorem.sentence({ min: 5, max: 10 }) : null;
  return [
    id,
    productId,
    customerId,
    rating,
    title,
    comment,
    earlier(addDays(orderDate, random.int(5, 60)), today),
  ];
}
