CREATE TABLE customers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  date_of_birth date NOT NULL,
  city text NOT NULL,
  country text NOT NULL,
  occupation text,
  annual_income numeric(12,2) NOT NULL CHECK (annual_income >= 0),
  credit_score integer CHECK (credit_score BETWEEN 300 AND 850),
  joined_date date NOT NULL
);
CREATE TABLE accounts (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  account_number text NOT NULL UNIQUE,
  account_type text NOT NULL CHECK (account_type IN ('checking', 'savings', 'business', 'investment')),
  balance numeric(12,2) NOT NULL,
  currency text NOT NULL,
  opened_date date NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'dormant', 'closed'))
);
CREATE TABLE transactions (
  id integer PRIMARY KEY,
  account_id integer NOT NULL REFERENCES accounts (id),
  transaction_date date NOT NULL,
  transaction_type text NOT NULL CHECK (transaction_type IN ('deposit', 'withdrawal', 'transfer', 'payment', 'fee')),
  amount numeric(12,2) NOT NULL CHECK (amount > 0),
  merchant text,
  balance_after numeric(12,2) NOT NULL
);
CREATE TABLE loans (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  loan_type text NOT NULL CHECK (loan_type IN ('mortgage', 'auto', 'personal', 'student', 'business')),
  amount numeric(12,2) NOT NULL CHECK (amount > 0),
  interest_rate numeric(4,2) NOT NULL CHECK (interest_rate > 0),
  term_months integer NOT NULL CHECK (term_months > 0),
  start_date date NOT NULL,
  outstanding_balance numeric(12,2) NOT NULL CHECK (outstanding_balance BETWEEN 0 AND amount),
  status text NOT NULL CHECK (status IN ('active', 'paid off', 'defaulted'))
);
CREATE TABLE credit_cards (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  card_network text NOT NULL,
  last_four_digits text NOT NULL CHECK (length(last_four_digits) = 4),
  credit_limit numeric(10,2) NOT NULL CHECK (credit_limit > 0),
  current_balance numeric(10,2) NOT NULL CHECK (current_balance BETWEEN 0 AND credit_limit),
  issued_date date NOT NULL,
  expiry_date date NOT NULL CHECK (expiry_date > issued_date),
  status text NOT NULL CHECK (status IN ('active', 'blocked', 'expired'))
);
COMMENT ON TABLE customers IS 'Private and business customers of the bank';
COMMENT ON COLUMN customers.annual_income IS 'Yearly income before tax, in US dollars';
COMMENT ON COLUMN customers.credit_score IS 'From 300 (poor) to 850 (excellent); empty when not yet rated';
COMMENT ON COLUMN customers.occupation IS 'Empty when the customer did not say';
COMMENT ON TABLE accounts IS 'Bank accounts; a customer may have none or several';
COMMENT ON COLUMN accounts.balance IS 'Balance after the latest transaction';
COMMENT ON TABLE transactions IS 'Movements on accounts';
COMMENT ON COLUMN transactions.amount IS 'Always positive: deposits add to the balance, all other types take from it';
COMMENT ON COLUMN transactions.merchant IS 'Only payments have one';
COMMENT ON TABLE loans IS 'Loans given to customers';
COMMENT ON COLUMN loans.amount IS 'Amount lent at the start';
COMMENT ON COLUMN loans.interest_rate IS 'Percent a year';
COMMENT ON COLUMN loans.outstanding_balance IS 'Still to be paid back';
COMMENT ON TABLE credit_cards IS 'Credit cards given to customers';
COMMENT ON COLUMN credit_cards.current_balance IS 'Amount drawn and not yet paid';
