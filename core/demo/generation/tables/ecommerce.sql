CREATE TABLE customers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  phone text,
  city text NOT NULL,
  country text NOT NULL,
  segment text NOT NULL CHECK (segment IN ('Consumer', 'Corporate', 'Small Business')),
  signup_date date NOT NULL,
  loyalty_points integer NOT NULL CHECK (loyalty_points >= 0)
);
CREATE TABLE products (
  id integer PRIMARY KEY,
  name text NOT NULL,
  category text NOT NULL,
  brand text NOT NULL,
  price numeric(10,2) NOT NULL CHECK (price > 0),
  stock_quantity integer NOT NULL CHECK (stock_quantity >= 0),
  weight_kg numeric(6,2),
  release_date date NOT NULL
);
CREATE TABLE orders (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  order_date date NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'processing', 'shipped', 'delivered', 'cancelled', 'returned')),
  payment_method text NOT NULL,
  shipped_date date,
  total_amount numeric(12,2) NOT NULL CHECK (total_amount >= 0),
  CHECK (shipped_date >= order_date)
);
CREATE TABLE order_items (
  id integer PRIMARY KEY,
  order_id integer NOT NULL REFERENCES orders (id),
  product_id integer NOT NULL REFERENCES products (id),
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price numeric(10,2) NOT NULL CHECK (unit_price > 0),
  UNIQUE (order_id, product_id)
);
CREATE TABLE reviews (
  id integer PRIMARY KEY,
  product_id integer NOT NULL REFERENCES products (id),
  customer_id integer NOT NULL REFERENCES customers (id),
  rating integer NOT NULL CHECK (rating BETWEEN 1 AND 5),
  title text NOT NULL,
  comment text,
  review_date date NOT NULL
);
COMMENT ON TABLE customers IS 'People and companies that registered in the shop; some never ordered';
COMMENT ON COLUMN customers.segment IS 'Consumer, Corporate or Small Business';
COMMENT ON COLUMN customers.signup_date IS 'Day of registration';
COMMENT ON TABLE products IS 'Articles on sale';
COMMENT ON COLUMN products.price IS 'Current list price in US dollars';
COMMENT ON COLUMN products.stock_quantity IS 'Units in the warehouse';
COMMENT ON TABLE orders IS 'One order of one customer';
COMMENT ON COLUMN orders.total_amount IS 'Sum of quantity times unit price over the items, in US dollars';
COMMENT ON COLUMN orders.shipped_date IS 'Empty until the order is shipped';
COMMENT ON TABLE order_items IS 'Products of an order';
COMMENT ON COLUMN order_items.unit_price IS 'Price of one unit at the time of the order';
COMMENT ON TABLE reviews IS 'Opinions of customers about products they bought';
COMMENT ON COLUMN reviews.rating IS 'Stars from 1 (worst) to 5 (best)';
