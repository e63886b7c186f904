import { emailOf, pickName, pickPlace } from './places.ts';
import { addDays, cents, createRandom, earlier, itemAt, range, today, type Random } from './random.ts';
import { readTables, table, type DemoScript, type Value } from './script.ts';

const industries = [
  'Education',
  'Finance',
  'Healthcare',
  'Logistics',
  'Manufacturing',
  'Media',
  'Retail',
  'Software',
];
const products = [
  ...['Analytics', 'Billing', 'Calendar', 'Chat', 'Contracts', 'CRM', 'Design', 'Docs', 'Expenses', 'Forms'],
  ...[
    'Helpdesk',
    'Inventory',
    'Mail',
    'Marketing',
    'Payroll',
    'Planner',
    'Recruiting',
    'Security',
    'Surveys',
    'Wiki',
  ],
];
/** Price of a seat a month as a factor of the product's own, greatest number of users, how often it is chosen. */
const tiers = [
  { tier: 'Free', factor: 0, maxUsers: 3, weight: 2 },
  { tier: 'Starter', factor: 1, maxUsers: 10, weight: 4 },
  { tier: 'Professional', factor: 2, maxUsers: 50, weight: 4 },
  { tier: 'Business', factor: 3.5, maxUsers: 250, weight: 2 },
  { tier: 'Enterprise', factor: 6, maxUsers: null, weight: 1 },
] as const;
/** The lower the position, the cheaper the tier that has it. */
const featureNames: readonly (readonly [string, string])[] = [
  ...([
    ['Email Support', 'Support'],
    ['Mobile App', 'Access'],
    ['CSV Export', 'Data'],
  ] as const),
  ...([
    ['API Access', 'Integration'],
    ['Dashboards', 'Reporting'],
    ['Webhooks', 'Integration'],
  ] as const),
  ...([
    ['Custom Reports', 'Reporting'],
    ['Single Sign-On', 'Security'],
    ['Audit Log', 'Security'],
  ] as const),
  ...([
    ['Priority Support', 'Support'],
    ['Data Residency', 'Data'],
    ['AI Assistant', 'Automation'],
  ] as const),
];

interface Plan {
  id: number;
  monthlyPrice: number;
  maxUsers: number | null;
  tierIndex: number;
}

export function generateSaas(): DemoScript {
  const random = createRandom(4_004);
  const plans: Plan[] = [];
  const planRows = makePlans(random, plans);
  const organizationRows = range(400).map((index) => makeOrganization(random, index + 1));
  const userRows = makeUsers(random, organizationRows);
  const subscriptionRows = makeSubscriptions(random, organizationRows, plans);
  const subscriptionColumns = 'id organization_id plan_id status seats monthly_revenue start_date end_date';
  return {
    title: 'Demo database: a software-as-a-service company',
    ddl: readTables('saas'),
    tables: [
      table(
        'organizations',
        'id name industry country employee_count website created_date',
        organizationRows,
      ),
      table('users', 'id organization_id name email role is_active created_date last_login', userRows),
      table('plans', 'id name product tier billing_period price max_users is_public', planRows),
      table('subscriptions', subscriptionColumns, subscriptionRows),
      table('features', 'id plan_id name category monthly_limit is_beta', makeFeatures(random, plans)),
    ],
    indexes: [
      'CREATE INDEX users_organization_id_idx ON users (organization_id);',
      'CREATE INDEX subscriptions_organization_id_idx ON subscriptions (organization_id);',
      'CREATE INDEX subscriptions_plan_id_idx ON subscriptions (plan_id);',
      'CREATE INDEX features_plan_id_idx ON features (plan_id);',
    ],
  };
}

/** Twenty products, five tiers, two billing periods; a year costs ten months. */
function makePlans(random: Random, plans: Plan[]): Value[][] {
  const rows: Value[][] = [];
  for (const product of products) {
    const basePrice = random.int(4, 15);
    for (const [tierIndex, { tier, factor, maxUsers }] of tiers.entries()) {
      for (const period of ['monthly', 'yearly'] as const) {
        const id = rows.length + 1;
        const price = cents(basePrice * factor * (period === 'yearly' ? 10 : 1));
        plans.push({ id, monthlyPrice: period === 'yearly' ? price / 12 : price, maxUsers, tierIndex });
        rows.push([
          id,
          `${product} ${tier} ${period}`,
          product,
          tier,
          period,
          price,
          maxUsers,
          tier !== 'Enterprise',
        ]);
      }
    }
  }
  return rows;
}

function makeOrganization(random: Random, id: number): Value[] {
  const name = random.faker.company.name();
  const size = Math.max(2, Math.round(20_000 * (random.int(0, 1_000_000) / 1_000_000) ** 5));
  const site = `https://www.${name.toLowerCase().replace(/[^a-z]+/g, '-')}.example`;
  const created = random.date('2019-01-01', '2025-04-30');
  const website = random.chance(0.9) ? site : null;
  return [id, name, random.pick(industries), pickPlace(random).country, size, website, created];
}

function makeUsers(random: Random, organizations: Value[][]): Value[][] {
  const rows: Value[][] = [];
  for (const [organizationId, , , , size, , created] of organizations) {
    const count = Math.min(Number(size), 1 + random.skewed(13, 1.3));
    for (let number = 0; number < count; number += 1) {
      const id = rows.length + 1;
      const name = pickName(random);
      const others = [
        ['member', 6],
        ['viewer', 2.5],
        ['admin', 1.5],
      ] as const;
      const role = number === 0 ? 'owner' : random.weighted(others);
      const joined = number === 0 ? String(created) : random.date(String(created), today);
      const lastLogin = random.chance(0.93) ? random.timeOn(random.date(joined, today), 6, 22) : null;
      const email = emailOf(name, id, 'work.example');
      rows.push([id, Number(organizationId), name, email, role, random.chance(0.9), joined, lastLogin]);
    }
  }
  return rows;
}

/** Some organizations never subscribed, and Wiki (the last product) is new: nobody has it. */
function makeSubscriptions(random: Random, organizations: Value[][], plans: Plan[]): Value[][] {
  const rows: Value[][] = [];
  const sold = plans.slice(0, -10);
  const subscribers = organizations.filter((row) => Number(row[0]) % 8 !== 0);
  for (const [organizationId, , , , size, , created] of subscribers) {
    const count = 1 + random.skewed(5, 1.5);
    for (let number = 0; number < count; number += 1) {
      const wantedTier = random.weighted(tiers.map((tier, index) => [index, tier.weight] as const));
      const plan = random.pick(sold.filter((each) => each.tierIndex === wantedTier));
      const seats = random.int(1, Math.min(Number(size), plan.maxUsers ?? 400));
      const start = random.date(String(created), today);
      const end = random.chance(0.28) ? earlier(addDays(start, random.int(20, 700)), today) : null;
      const revenue = cents(seats * plan.monthlyPrice);
      const status = pickStatus(random, start, end);
      rows.push([rows.length + 1, Number(organizationId), plan.id, status, seats, revenue, start, end]);
    }
  }
  return rows;
}

/** A trial lasts a month. */
function pickStatus(random: Random, start: string, end: string | null): string {
  if (end !== null) return 'cancelled';
  if (start > addDays(today, -30)) return 'trialing';
  return random.chance(0.06) ? 'past due' : 'active';
}

function makeFeatures(random: Random, plans: Plan[]): Value[][] {
  const rows: Value[][] = [];
  for (const plan of plans) {
    const count = 3 + plan.tierIndex * 2;
    for (const index of range(Math.min(count, featureNames.length))) {
      const [name, category] = itemAt(featureNames, index);
      const limited = plan.tierIndex < 3 && ['Integration', 'Data', 'Automation'].includes(category);
      const limit = limited ? random.pick([50, 100, 250, 500, 1_000]) * (plan.tierIndex + 1) : null;
      rows.push([
        rows.length + 1,
        plan.id,
        name,
        category,
        limit,
        name === 'AI Assistant' || random.chance(0.05),
      ]);
    }
  }
  return rows;
}
