CREATE TYPE landscape_kind AS ENUM ('forest', 'meadow', 'orchard', 'heath', 'urban');
CREATE TYPE hive_status AS ENUM ('active', 'weak', 'lost', 'sold');

CREATE TABLE members (
  id integer PRIMARY KEY,
  full_name text NOT NULL UNIQUE,
  village text NOT NULL,
  phone text,
  joined_on date NOT NULL,
  is_organic boolean NOT NULL,
  mentor_id integer REFERENCES members (id),
  CHECK (mentor_id <> id)
);
CREATE TABLE apiaries (
  id integer PRIMARY KEY,
  name text NOT NULL UNIQUE,
  municipality text NOT NULL,
  landscape landscape_kind NOT NULL,
  elevation_m integer NOT NULL CHECK (elevation_m BETWEEN 0 AND 2500),
  landowner text,
  established_on date NOT NULL,
  closed_on date,
  CHECK (closed_on > established_on)
);
CREATE TABLE hives (
  id integer PRIMARY KEY,
  hive_code text NOT NULL UNIQUE,
  apiary_id integer NOT NULL REFERENCES apiaries (id),
  keeper_id integer NOT NULL REFERENCES members (id),
  hive_type text NOT NULL CHECK (hive_type IN ('Langstroth', 'Dadant', 'Top-bar', 'Warré')),
  installed_on date NOT NULL,
  status hive_status NOT NULL
);
CREATE TABLE queens (
  id integer PRIMARY KEY,
  hive_id integer NOT NULL REFERENCES hives (id),
  breed text NOT NULL,
  birth_year smallint NOT NULL,
  mark_colour text,
  introduced_on date NOT NULL,
  replaced_on date,
  replacement_reason text,
  CHECK (replaced_on > introduced_on)
);
CREATE TABLE inspections (
  id integer PRIMARY KEY,
  hive_id integer NOT NULL REFERENCES hives (id),
  inspector_id integer NOT NULL REFERENCES members (id),
  inspected_on date NOT NULL,
  brood_frames smallint NOT NULL CHECK (brood_frames >= 0),
  food_stores_kg numeric(5,1) NOT NULL CHECK (food_stores_kg >= 0),
  temperament smallint NOT NULL CHECK (temperament BETWEEN 1 AND 5),
  queen_seen boolean NOT NULL,
  swarm_cells smallint NOT NULL,
  notes text
);
CREATE TABLE mite_counts (
  id integer PRIMARY KEY,
  inspection_id integer NOT NULL UNIQUE REFERENCES inspections (id),
  method text NOT NULL CHECK (method IN ('alcohol wash', 'sugar roll', 'sticky board')),
  mites_per_hundred numeric(4,1) NOT NULL CHECK (mites_per_hundred >= 0)
);
CREATE TABLE treatments (
  id integer PRIMARY KEY,
  hive_id integer NOT NULL REFERENCES hives (id),
  substance text NOT NULL,
  dose_ml numeric(6,1),
  started_on date NOT NULL,
  ended_on date,
  CHECK (ended_on >= started_on)
);
CREATE TABLE honey_batches (
  id integer PRIMARY KEY,
  batch_number text NOT NULL UNIQUE,
  variety text NOT NULL,
  extracted_on date NOT NULL,
  moisture_percent numeric(4,1) NOT NULL,
  passed_lab boolean
);
CREATE TABLE harvests (
  id integer PRIMARY KEY,
  hive_id integer NOT NULL REFERENCES hives (id),
  batch_id integer NOT NULL REFERENCES honey_batches (id),
  weight_kg numeric(6,1) NOT NULL CHECK (weight_kg > 0),
  supers_taken smallint NOT NULL,
  UNIQUE (hive_id, batch_id)
);
CREATE TABLE outlets (
  id integer PRIMARY KEY,
  name text NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('farm shop', 'bakery', 'market stall', 'grocery', 'hotel')),
  town text NOT NULL,
  contact_email text
);
CREATE TABLE deliveries (
  id integer PRIMARY KEY,
  outlet_id integer NOT NULL REFERENCES outlets (id),
  batch_id integer NOT NULL REFERENCES honey_batches (id),
  delivered_on date NOT NULL,
  jar_size_g integer NOT NULL CHECK (jar_size_g IN (250, 500, 1000)),
  jars integer NOT NULL CHECK (jars > 0),
  price_per_jar numeric(6,2) NOT NULL CHECK (price_per_jar > 0),
  paid_on date
);

COMMENT ON TABLE members IS 'Beekeepers of the cooperative';
COMMENT ON COLUMN members.is_organic IS 'Holds an organic certificate';
COMMENT ON COLUMN members.mentor_id IS 'The experienced member who guides a newcomer';
COMMENT ON TABLE apiaries IS 'Places where hives stand';
COMMENT ON COLUMN apiaries.closed_on IS 'Empty while the place is in use';
COMMENT ON COLUMN hives.keeper_id IS 'The member who looks after the hive';
COMMENT ON COLUMN queens.replaced_on IS 'Empty for the queen that heads the colony now';
COMMENT ON COLUMN inspections.temperament IS '1 is calm, 5 is aggressive';
COMMENT ON TABLE mite_counts IS 'Varroa counts made during an inspection';
COMMENT ON COLUMN honey_batches.passed_lab IS 'Empty while the laboratory has not answered';
COMMENT ON COLUMN deliveries.price_per_jar IS 'In euros';
COMMENT ON COLUMN deliveries.paid_on IS 'Empty while the outlet has not paid';
