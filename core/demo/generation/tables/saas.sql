CREATE TABLE organizations (
  id integer PRIMARY KEY,
  name text NOT NULL,
  industry text NOT NULL,
  country text NOT NULL,
  employee_count integer NOT NULL CHECK (employee_count > 0),
  website text,
  created_date date NOT NULL
);
CREATE TABLE users (
  id integer PRIMARY KEY,
  organization_id integer NOT NULL REFERENCES organizations (id),
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  is_active boolean NOT NULL,
  created_date date NOT NULL,
  last_login timestamp
);
CREATE TABLE plans (
  id integer PRIMARY KEY,
  name text NOT NULL UNIQUE,
  product text NOT NULL,
  tier text NOT NULL CHECK (tier IN ('Free', 'Starter', 'Professional', 'Business', 'Enterprise')),
  billing_period text NOT NULL CHECK (billing_period IN ('monthly', 'yearly')),
  price numeric(10,2) NOT NULL CHECK (price >= 0),
  max_users integer CHECK (max_users > 0),
  is_public boolean NOT NULL
);
CREATE TABLE subscriptions (
  id integer PRIMARY KEY,
  organization_id integer NOT NULL REFERENCES organizations (id),
  plan_id integer NOT NULL REFERENCES plans (id),
  status text NOT NULL CHECK (status IN ('trialing', 'active', 'past due', 'cancelled')),
  seats integer NOT NULL CHECK (seats > 0),
  monthly_revenue numeric(10,2) NOT NULL CHECK (monthly_revenue >= 0),
  start_date date NOT NULL,
  end_date date,
  CHECK (end_date >= start_date)
);
CREATE TABLE features (
  id integer PRIMARY KEY,
  plan_id integer NOT NULL REFERENCES plans (id),
  name text NOT NULL,
  category text NOT NULL,
  monthly_limit integer CHECK (monthly_limit > 0),
  is_beta boolean NOT NULL,
  UNIQUE (plan_id, name)
);
COMMENT ON TABLE organizations IS 'Companies that use the software';
COMMENT ON COLUMN organizations.created_date IS 'Day on which the organization signed up';
COMMENT ON TABLE users IS 'People of the organizations who can log in';
COMMENT ON COLUMN users.role IS 'owner, admin, member or viewer';
COMMENT ON COLUMN users.last_login IS 'Empty when the user never logged in';
COMMENT ON TABLE plans IS 'What can be subscribed to: a tier of a product, paid monthly or yearly';
COMMENT ON COLUMN plans.price IS 'US dollars for one seat and billing period';
COMMENT ON COLUMN plans.max_users IS 'Empty when unlimited';
COMMENT ON TABLE subscriptions IS 'Plans that organizations have or had';
COMMENT ON COLUMN subscriptions.monthly_revenue IS 'Recurring revenue a month in US dollars: seats times the monthly price';
COMMENT ON COLUMN subscriptions.end_date IS 'Empty while the subscription runs';
COMMENT ON TABLE features IS 'Features that a plan includes';
COMMENT ON COLUMN features.monthly_limit IS 'Uses a month; empty when unlimited';
