import { ordered, unordered, type QuestionDraft } from './question.ts';

export const retailQuestions: QuestionDraft[] = [
  unordered(
    'easy',
    'How many stores are there in the West region?',
    "SELECT count(*) FROM stores WHERE region = 'West'",
  ),
  unordered(
    'easy',
    'Show the name and unit price of all products in the Dairy category.',
    "SELECT name, unit_price FROM products WHERE category = 'Dairy'",
  ),
  unordered('easy', 'What is the average salary of employees?', 'SELECT avg(salary) FROM employees'),
  unordered(
    'medium',
    'How many employees have each job title?',
    'SELECT job_title, count(*) FROM employees GROUP BY job_title',
  ),
  ordered(
    'medium',
    'Which 5 stores have the highest total sales amount? Show the store name and the total amount.',
    `
SELECT s.name, sum(x.total_amount)
FROM stores AS s
JOIN sales AS x ON x.store_id = s.id
GROUP BY s.id, s.name
ORDER BY sum(x.total_amount) DESC
LIMIT 5`,
  ),
  unordered(
    'medium',
    'List the names of employees who work in stores in Chicago.',
    `
SELECT e.name
FROM employees AS e
JOIN stores AS s ON s.id = e.store_id
WHERE s.city = 'Chicago'`,
  ),
  unordered(
    'hard',
    'Show the names of stores that have not sold anything.',
    'SELECT name FROM stores WHERE id NOT IN (SELECT store_id FROM sales)',
  ),
  unordered(
    'hard',
    'Which suppliers deliver more than 55 products? Show the supplier and the number of products.',
    'SELECT supplier, count(*) FROM products GROUP BY supplier HAVING count(*) > 55',
  ),
  unordered(
    'hard',
    'What was the total sales amount in 2024 for each payment method?',
    `
SELECT payment_method, sum(total_amount)
FROM sales
WHERE extract(year FROM sale_date) = 2024
GROUP BY payment_method`,
  ),
  unordered(
    'extra',
    'For each region, show the region and the number of inventory entries whose quantity is below the reorder level, for products of the Beverages category.',
    `
SELECT s.region, count(*)
FROM inventory AS i
JOIN stores AS s ON s.id = i.store_id
JOIN products AS p ON p.id = i.product_id
WHERE i.quantity < i.reorder_level AND p.category = 'Beverages'
GROUP BY s.region`,
  ),
];
