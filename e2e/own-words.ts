/** Questions in the words of a trade that no column holds, which the starter gets wrong, with what they mean. */
export const ownWords: readonly [question: string, sql: string][] = [
  ['What were our takings?', 'SELECT sum(total_amount) FROM sales'],
  [
    'Takings per shop type',
    'SELECT store_type, sum(total_amount) FROM sales JOIN stores ON sales.store_id = stores.id GROUP BY store_type',
  ],
  [
    'Takings for each region',
    'SELECT region, sum(total_amount) FROM sales JOIN stores ON sales.store_id = stores.id GROUP BY region',
  ],
  [
    'Takings by branch name',
    'SELECT stores.name, sum(total_amount) FROM sales JOIN stores ON sales.store_id = stores.id GROUP BY stores.name',
  ],
  [
    'Which branch had the highest takings?',
    'SELECT stores.name FROM sales JOIN stores ON sales.store_id = stores.id GROUP BY stores.name ORDER BY sum(total_amount) DESC LIMIT 1',
  ],
  [
    'Which article brought the highest takings?',
    'SELECT products.name FROM sales JOIN products ON sales.product_id = products.id GROUP BY products.name ORDER BY sum(total_amount) DESC LIMIT 1',
  ],
  [
    'Takings per article group',
    'SELECT category, sum(total_amount) FROM sales JOIN products ON sales.product_id = products.id GROUP BY category',
  ],
  ['How many units did we shift?', 'SELECT sum(quantity) FROM sales'],
  [
    'Units shifted per article group',
    'SELECT category, sum(sales.quantity) FROM sales JOIN products ON sales.product_id = products.id GROUP BY category',
  ],
  [
    'Units shifted per region',
    'SELECT region, sum(quantity) FROM sales JOIN stores ON sales.store_id = stores.id GROUP BY region',
  ],
  [
    'Units shifted per branch name',
    'SELECT stores.name, sum(quantity) FROM sales JOIN stores ON sales.store_id = stores.id GROUP BY stores.name',
  ],
  ['What is the wage bill?', 'SELECT sum(salary) FROM employees'],
  [
    'Wage bill per branch name',
    'SELECT stores.name, sum(salary) FROM employees JOIN stores ON employees.store_id = stores.id GROUP BY stores.name',
  ],
  [
    'Wage bill per region',
    'SELECT region, sum(salary) FROM employees JOIN stores ON employees.store_id = stores.id GROUP BY region',
  ],
  ['Wage bill for each role', 'SELECT job_title, sum(salary) FROM employees GROUP BY job_title'],
  ['Headcount', 'SELECT count(*) FROM employees'],
  ['Headcount per role', 'SELECT job_title, count(*) FROM employees GROUP BY job_title'],
  [
    'Headcount per region',
    'SELECT region, count(*) FROM employees JOIN stores ON employees.store_id = stores.id GROUP BY region',
  ],
  ['Average basket', 'SELECT avg(total_amount) FROM sales'],
  [
    'Average basket per tender type',
    'SELECT payment_method, avg(total_amount) FROM sales GROUP BY payment_method',
  ],
  [
    'Average basket per region',
    'SELECT region, avg(total_amount) FROM sales JOIN stores ON sales.store_id = stores.id GROUP BY region',
  ],
  ['Footprint of all branches', 'SELECT sum(floor_area) FROM stores'],
  ['Footprint per region', 'SELECT region, sum(floor_area) FROM stores GROUP BY region'],
  ['Which branch has the largest footprint?', 'SELECT name FROM stores ORDER BY floor_area DESC LIMIT 1'],
];
