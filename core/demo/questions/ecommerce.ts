import { ordered, unordered, type QuestionDraft } from './question.ts';

export const ecommerceQuestions: QuestionDraft[] = [
  unordered('easy', 'How many customers are there?', 'SELECT count(*) FROM customers'),
  unordered(
    'easy',
    'List the name and city of customers from Germany.',
    "SELECT name, city FROM customers WHERE country = 'Germany'",
  ),
  unordered(
    'easy',
    'What is the average price of products in each category?',
    'SELECT category, avg(price) FROM products GROUP BY category',
  ),
  ordered(
    'medium',
    'Which 5 products are the most expensive? Show their name and price.',
    'SELECT name, price FROM products ORDER BY price DESC LIMIT 5',
  ),
  unordered(
    'medium',
    'What is the total amount of orders for each status?',
    'SELECT status, sum(total_amount) FROM orders GROUP BY status',
  ),
  ordered(
    'medium',
    'Which 5 customers have placed the most orders? Show their name and the number of orders.',
    `
SELECT c.name, count(*)
FROM customers AS c
JOIN orders AS o ON o.customer_id = c.id
GROUP BY c.id, c.name
ORDER BY count(*) DESC
LIMIT 5`,
  ),
  unordered(
    'hard',
    'Show the names of products that have never been ordered.',
    'SELECT name FROM products WHERE id NOT IN (SELECT product_id FROM order_items)',
  ),
  unordered(
    'hard',
    'Which products have an average rating above 4.5 and at least 5 reviews? Show the product name and the average rating.',
    `
SELECT p.name, avg(r.rating)
FROM products AS p
JOIN reviews AS r ON r.product_id = p.id
GROUP BY p.id, p.name
HAVING avg(r.rating) > 4.5 AND count(*) >= 5`,
  ),
  ordered(
    'hard',
    'How many orders were placed in each year? Show the year and the number of orders, earliest year first.',
    `
SELECT extract(year FROM order_date) AS year, count(*)
FROM orders
GROUP BY extract(year FROM order_date)
ORDER BY year`,
  ),
  ordered(
    'extra',
    'What is the revenue of each product category from delivered orders? Show the category and the sum of quantity times unit price, highest first.',
    `
SELECT p.category, sum(i.quantity * i.unit_price) AS revenue
FROM order_items AS i
JOIN products AS p ON p.id = i.product_id
JOIN orders AS o ON o.id = i.order_id
WHERE o.status = 'delivered'
GROUP BY p.category
ORDER BY revenue DESC`,
  ),
];
