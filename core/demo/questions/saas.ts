import { ordered, unordered, type QuestionDraft } from './question.ts';

export const saasQuestions: QuestionDraft[] = [
  unordered('easy', 'How many users are active?', 'SELECT count(*) FROM users WHERE is_active'),
  unordered(
    'easy',
    'List the name and country of organizations in the Healthcare industry.',
    "SELECT name, country FROM organizations WHERE industry = 'Healthcare'",
  ),
  unordered('easy', 'What are the different products that have plans?', 'SELECT DISTINCT product FROM plans'),
  unordered(
    'medium',
    'How many organizations are there in each industry?',
    'SELECT industry, count(*) FROM organizations GROUP BY industry',
  ),
  ordered(
    'medium',
    'Show the names of the 10 organizations with the most employees and their employee count, largest first.',
    'SELECT name, employee_count FROM organizations ORDER BY employee_count DESC LIMIT 10',
  ),
  unordered(
    'medium',
    'What is the total monthly revenue of active subscriptions for each plan tier?',
    `
SELECT p.tier, sum(s.monthly_revenue)
FROM subscriptions AS s
JOIN plans AS p ON p.id = s.plan_id
WHERE s.status = 'active'
GROUP BY p.tier`,
  ),
  unordered(
    'hard',
    'Which plans have never been subscribed to? Show the plan name.',
    'SELECT name FROM plans WHERE id NOT IN (SELECT plan_id FROM subscriptions)',
  ),
  unordered(
    'hard',
    'Show the name of every organization with more than 10 users and its number of users.',
    `
SELECT o.name, count(*)
FROM organizations AS o
JOIN users AS u ON u.organization_id = o.id
GROUP BY o.id, o.name
HAVING count(*) > 10`,
  ),
  unordered(
    'extra',
    'List the names of organizations whose employee count is above the average and that have a cancelled subscription, each name once.',
    `
SELECT DISTINCT o.name
FROM organizations AS o
JOIN subscriptions AS s ON s.organization_id = o.id
WHERE s.status = 'cancelled' AND o.employee_count > (SELECT avg(employee_count) FROM organizations)`,
  ),
  ordered(
    'extra',
    'Which 3 countries bring the highest total monthly revenue from active subscriptions to plans of the Enterprise tier? Show the country and the total.',
    `
SELECT o.country, sum(s.monthly_revenue) AS revenue
FROM organizations AS o
JOIN subscriptions AS s ON s.organization_id = o.id
JOIN plans AS p ON p.id = s.plan_id
WHERE s.status = 'active' AND p.tier = 'Enterprise'
GROUP BY o.country
ORDER BY revenue DESC
LIMIT 3`,
  ),
];
