import { ordered, unordered, type QuestionDraft } from './question.ts';

export const financeQuestions: QuestionDraft[] = [
  unordered('easy', 'How many accounts are active?', "SELECT count(*) FROM accounts WHERE status = 'active'"),
  unordered(
    'easy',
    'Show the name and credit score of customers whose credit score is above 800.',
    'SELECT name, credit_score FROM customers WHERE credit_score > 800',
  ),
  unordered('easy', 'What is the highest interest rate of any loan?', 'SELECT max(interest_rate) FROM loans'),
  unordered(
    'medium',
    'How many accounts are there of each account type?',
    'SELECT account_type, count(*) FROM accounts GROUP BY account_type',
  ),
  unordered(
    'medium',
    'List the names of customers who have a mortgage loan, each name once.',
    `
SELECT DISTINCT c.name
FROM customers AS c
JOIN loans AS l ON l.customer_id = c.id
WHERE l.loan_type = 'mortgage'`,
  ),
  ordered(
    'medium',
    'Which 3 merchants received the largest total amount in payments? Show the merchant and the total amount.',
    `
SELECT merchant, sum(amount)
FROM transactions
WHERE transaction_type = 'payment'
GROUP BY merchant
ORDER BY sum(amount) DESC
LIMIT 3`,
  ),
  unordered(
    'hard',
    'Show the names of customers without any account.',
    'SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM accounts)',
  ),
  unordered(
    'hard',
    'Which customers have more than 2 accounts? Show their name and the number of accounts.',
    `
SELECT c.name, count(*)
FROM customers AS c
JOIN accounts AS a ON a.customer_id = c.id
GROUP BY c.id, c.name
HAVING count(*) > 2`,
  ),
  unordered(
    'hard',
    'What is the total amount of deposits made in 2024?',
    `
SELECT sum(amount)
FROM transactions
WHERE transaction_type = 'deposit' AND extract(year FROM transaction_date) = 2024`,
  ),
  unordered(
    'extra',
    'Show the names of customers who have both a defaulted loan and an active credit card.',
    `
SELECT c.name
FROM customers AS c
JOIN loans AS l ON l.customer_id = c.id
WHERE l.status = 'defaulted'
INTERSECT
SELECT c.name
FROM customers AS c
JOIN credit_cards AS k ON k.customer_id = c.id
WHERE k.status = 'active'`,
  ),
];
