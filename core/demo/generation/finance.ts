import { emailOf, pickName, pickPlace } from './places.ts';
import { addDays, cents, createRandom, daysBetween, itemAt, range, today, type Random } from './random.ts';
import { readTables, table, type DemoScript, type Value } from './script.ts';

const occupations = [
  'Teacher',
  'Engineer',
  'Nurse',
  'Accountant',
  'Lawyer',
  'Electrician',
  'Designer',
  'Retired',
];
const merchants = [
  ...[
    'Corner Grocery',
    'City Transit',
    'Northside Pharmacy',
    'Green Energy Co',
    'Blue Harbor Hotel',
    'Metro Fuel',
  ],
  ...['Sunrise Cafe', 'Telecom One', 'Bookworm Store', 'Home Depot Plus', 'Skyline Airlines', 'Fit Club'],
];
/** Interest in percent from and to, amounts in thousands from and to, terms in months. */
const loanTypes = {
  mortgage: { rates: [3, 6.5], amounts: [80, 650], terms: [180, 240, 360] },
  auto: { rates: [4, 9], amounts: [6, 48], terms: [36, 48, 60] },
  personal: { rates: [7, 16], amounts: [1, 25], terms: [12, 24, 36] },
  student: { rates: [2.5, 6], amounts: [5, 60], terms: [60, 120] },
  business: { rates: [5, 11], amounts: [15, 300], terms: [48, 84, 120] },
} as const;
const cardNetworks = [
  ['Visa', 5],
  ['Mastercard', 4],
  ['American Express', 1.5],
  ['Discover', 1],
] as const;

interface Customer {
  id: number;
  joinedDate: string;
}

export function generateFinance(): DemoScript {
  const random = createRandom(2_002);
  const customers: Customer[] = [];
  const customerRows = range(500).map((index) => makeCustomer(random, index + 1, customers));
  const { accounts, transactions } = makeAccounts(random, customers);
  const loans = range(320).map((index) => makeLoan(random, index + 1, customers));
  const cards = range(420).map((index) => makeCard(random, index + 1, customers));
  const customerColumns =
    'id name email date_of_birth city country occupation annual_income credit_score joined_date';
  const loanColumns =
    'id customer_id loan_type amount interest_rate term_months start_date outstanding_balance status';
  const cardColumns =
    'id customer_id card_network last_four_digits credit_limit current_balance issued_date expiry_date status';
  return {
    title: 'Demo database: a retail bank',
    ddl: readTables('finance'),
    tables: [
      table('customers', customerColumns, customerRows),
      table(
        'accounts',
        'id customer_id account_number account_type balance currency opened_date status',
        accounts,
      ),
      table(
        'transactions',
        'id account_id transaction_date transaction_type amount merchant balance_after',
        transactions,
      ),
      table('loans', loanColumns, loans),
      table('credit_cards', cardColumns, cards),
    ],
    indexes: [
      'CREATE INDEX accounts_customer_id_idx ON accounts (customer_id);',
      'CREATE INDEX transactions_account_id_idx ON transactions (account_id);',
      'CREATE INDEX transactions_transaction_date_idx ON transactions (transaction_date);',
      'CREATE INDEX loans_customer_id_idx ON loans (customer_id);',
      'CREATE INDEX credit_cards_customer_id_idx ON credit_cards (customer_id);',
    ],
  };
}

function makeCustomer(random: Random, id: number, customers: Customer[]): Value[] {
  const name = pickName(random);
  const { city, country } = pickPlace(random);
  const birth = random.date('1945-01-01', '2003-12-31');
  const occupation = random.chance(0.92) ? random.pick(occupations) : null;
  const income = Math.round(22_000 + 150_000 * (random.int(0, 1_000) / 1_000) ** 2.2);
  const score = random.chance(0.95) ? random.int(480, 840) : null;
  const joinedDate = random.date('2015-01-01', '2025-03-31');
  customers.push({ id, joinedDate });
  return [
    id,
    name,
    emailOf(name, id, 'mail.example'),
    birth,
    city,
    country,
    occupation,
    income,
    score,
    joinedDate,
  ];
}

/** About one customer in eleven has no account (a loan or a card only), some have up to four. */
function makeAccounts(random: Random, customers: Customer[]) {
  const accounts: Value[][] = [];
  const transactions: Value[][] = [];
  for (const customer of customers.filter(({ id }) => id % 11 !== 0)) {
    const count = random.weighted([
      [1, 5],
      [2, 4],
      [3, 1.5],
      [4, 0.5],
    ] as const);
    for (let number = 0; number < count; number += 1) {
      const id = accounts.length + 1;
      const type = random.weighted([
        ['checking', 5],
        ['savings', 4],
        ['business', 1],
        ['investment', 1.5],
      ] as const);
      const opened = random.date(customer.joinedDate, today);
      const status = random.weighted([
        ['active', 88],
        ['dormant', 7],
        ['closed', 5],
      ] as const);
      const currency = random.weighted([
        ['USD', 7],
        ['EUR', 2],
        ['GBP', 1],
      ] as const);
      const balance = makeTransactions(random, id, opened, status, transactions);
      const accountNumber = `AC${String(10_000_000 + id * 7_919).slice(-8)}`;
      accounts.push([id, customer.id, accountNumber, type, balance, currency, opened, status]);
    }
  }
  return { accounts, transactions };
}

/** Plays an account's life and returns its last balance. A closed account ends at nothing. */
function makeTransactions(
  random: Random,
  accountId: number,
  opened: string,
  status: string,
  rows: Value[][],
): number {
  let balance = 0;
  const add = (date: string, type: string, amount: number, merchant: string | null = null): void => {
    balance = cents(type === 'deposit' ? balance + amount : balance - amount);
    rows.push([rows.length + 1, accountId, date, type, amount, merchant, balance]);
  };
  add(opened, 'deposit', random.int(2, 160) * 50);
  const days = range(random.skewed(10, 1.2)).map(() => random.date(opened, today));
  for (const date of days.sort()) {
    if (balance < 60 || random.chance(0.4)) {
      add(date, 'deposit', random.money(100, 4_200));
      continue;
    }
    const type = random.weighted([
      ['payment', 6],
      ['withdrawal', 3],
      ['transfer', 2],
      ['fee', 1],
    ] as const);
    const amount = type === 'fee' ? random.pick([2.5, 5, 12]) : random.money(5, Math.min(balance, 1_800));
    add(date, type, amount, type === 'payment' ? random.pick(merchants) : null);
  }
  if (status === 'closed' && balance > 0) add(String(rows.at(-1)?.[2]), 'withdrawal', balance);
  return balance;
}

function makeLoan(random: Random, id: number, customers: Customer[]): Value[] {
  const customer = itemAt(customers, random.skewed(customers.length, 1.3));
  const kinds = [
    ['personal', 5],
    ['auto', 4],
    ['mortgage', 3],
    ['student', 2],
    ['business', 1.5],
  ] as const;
  const type = random.weighted(kinds);
  const { rates, amounts, terms } = loanTypes[type];
  const amount = random.int(amounts[0] * 10, amounts[1] * 10) * 100;
  const term = random.pick<number>(terms);
  const start = random.date(customer.joinedDate, addDays(today, -30));
  const paidShare = Math.min(1, daysBetween(start, today) / (term * 30.4));
  const status = paidShare === 1 ? 'paid off' : random.chance(0.05) ? 'defaulted' : 'active';
  const outstanding = cents(amount * (status === 'defaulted' ? 1 - paidShare / 2 : 1 - paidShare));
  return [id, customer.id, type, amount, random.money(rates[0], rates[1]), term, start, outstanding, status];
}

function makeCard(random: Random, id: number, customers: Customer[]): Value[] {
  const customer = itemAt(customers, random.skewed(customers.length, 1.2));
  const limit = random.pick([1_000, 2_500, 5_000, 7_500, 10_000, 15_000, 25_000]);
  const balance = random.chance(0.15) ? 0 : cents((limit * random.int(1, 95)) / 100);
  const issued = random.date(customer.joinedDate, today);
  const expiry = addDays(issued, 4 * 365);
  const status = expiry < today ? 'expired' : random.chance(0.06) ? 'blocked' : 'active';
  const digits = String(random.int(0, 9_999)).padStart(4, '0');
  return [id, customer.id, random.weighted(cardNetworks), digits, limit, balance, issued, expiry, status];
}
