CREATE TABLE stores (
  id integer PRIMARY KEY,
  name text NOT NULL UNIQUE,
  city text NOT NULL,
  region text NOT NULL,
  store_type text NOT NULL CHECK (store_type IN ('supermarket', 'express', 'outlet', 'flagship')),
  floor_area integer NOT NULL CHECK (floor_area > 0),
  opened_date date NOT NULL,
  is_open boolean NOT NULL
);
CREATE TABLE employees (
  id integer PRIMARY KEY,
  store_id integer NOT NULL REFERENCES stores (id),
  manager_id integer REFERENCES employees (id),
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  job_title text NOT NULL,
  salary numeric(10,2) NOT NULL CHECK (salary > 0),
  hire_date date NOT NULL
);
CREATE TABLE products (
  id integer PRIMARY KEY,
  sku text NOT NULL UNIQUE,
  name text NOT NULL,
  category text NOT NULL,
  supplier text NOT NULL,
  unit_price numeric(10,2) NOT NULL CHECK (unit_price > 0),
  cost_price numeric(10,2) NOT NULL CHECK (cost_price > 0),
  CHECK (cost_price < unit_price)
);
CREATE TABLE inventory (
  store_id integer NOT NULL REFERENCES stores (id),
  product_id integer NOT NULL REFERENCES products (id),
  quantity integer NOT NULL CHECK (quantity >= 0),
  reorder_level integer NOT NULL CHECK (reorder_level >= 0),
  last_restocked date,
  PRIMARY KEY (store_id, product_id)
);
CREATE TABLE sales (
  id integer PRIMARY KEY,
  store_id integer NOT NULL REFERENCES stores (id),
  product_id integer NOT NULL REFERENCES products (id),
  employee_id integer REFERENCES employees (id),
  sale_date date NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price numeric(10,2) NOT NULL CHECK (unit_price > 0),
  total_amount numeric(12,2) NOT NULL,
  payment_method text NOT NULL,
  CHECK (total_amount = quantity * unit_price)
);
COMMENT ON TABLE stores IS 'Shops of the chain, closed ones included';
COMMENT ON COLUMN stores.region IS 'North, South, East, West or Central';
COMMENT ON COLUMN stores.floor_area IS 'Sales area in square metres';
COMMENT ON TABLE employees IS 'Staff of the stores';
COMMENT ON COLUMN employees.manager_id IS 'The store manager; empty for store managers';
COMMENT ON COLUMN employees.salary IS 'Yearly salary in US dollars';
COMMENT ON TABLE products IS 'Articles that the chain sells';
COMMENT ON COLUMN products.unit_price IS 'List price in US dollars';
COMMENT ON COLUMN products.cost_price IS 'What the supplier is paid for one unit';
COMMENT ON TABLE inventory IS 'Stock of a product in a store';
COMMENT ON COLUMN inventory.reorder_level IS 'New stock is ordered when the quantity falls below it';
COMMENT ON TABLE sales IS 'One product sold at a till';
COMMENT ON COLUMN sales.employee_id IS 'Empty for self-checkout';
COMMENT ON COLUMN sales.total_amount IS 'Quantity times unit price, in US dollars';
