CREATE TABLE departments (
  id integer PRIMARY KEY,
  name text NOT NULL,
  hospital text NOT NULL,
  city text NOT NULL,
  floor integer NOT NULL,
  annual_budget numeric(12,2) NOT NULL CHECK (annual_budget > 0),
  UNIQUE (hospital, name)
);
CREATE TABLE doctors (
  id integer PRIMARY KEY,
  name text NOT NULL,
  specialty text NOT NULL,
  department_id integer NOT NULL REFERENCES departments (id),
  email text NOT NULL UNIQUE,
  hire_date date NOT NULL,
  years_of_experience integer NOT NULL CHECK (years_of_experience >= 0),
  consultation_fee numeric(8,2) NOT NULL CHECK (consultation_fee >= 0)
);
CREATE TABLE patients (
  id integer PRIMARY KEY,
  name text NOT NULL,
  gender text NOT NULL CHECK (gender IN ('female', 'male', 'other')),
  date_of_birth date NOT NULL,
  blood_type text CHECK (blood_type IN ('A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-')),
  city text NOT NULL,
  phone text,
  insurance_provider text,
  registered_date date NOT NULL
);
CREATE TABLE appointments (
  id integer PRIMARY KEY,
  patient_id integer NOT NULL REFERENCES patients (id),
  doctor_id integer NOT NULL REFERENCES doctors (id),
  appointment_time timestamp NOT NULL,
  duration_minutes integer NOT NULL CHECK (duration_minutes > 0),
  reason text NOT NULL,
  status text NOT NULL CHECK (status IN ('scheduled', 'completed', 'cancelled', 'no-show'))
);
CREATE TABLE prescriptions (
  id integer PRIMARY KEY,
  appointment_id integer NOT NULL REFERENCES appointments (id),
  patient_id integer NOT NULL REFERENCES patients (id),
  doctor_id integer NOT NULL REFERENCES doctors (id),
  medication text NOT NULL,
  dosage text NOT NULL,
  duration_days integer NOT NULL CHECK (duration_days > 0),
  refills integer NOT NULL CHECK (refills >= 0),
  prescribed_date date NOT NULL
);
COMMENT ON TABLE departments IS 'Departments of the hospitals in the group';
COMMENT ON COLUMN departments.annual_budget IS 'In US dollars';
COMMENT ON TABLE doctors IS 'Doctors; each works in one department';
COMMENT ON COLUMN doctors.specialty IS 'Medical field, such as Cardiology';
COMMENT ON COLUMN doctors.consultation_fee IS 'Price of one appointment in US dollars';
COMMENT ON TABLE patients IS 'Registered patients; some never came';
COMMENT ON COLUMN patients.blood_type IS 'Empty when not tested';
COMMENT ON COLUMN patients.insurance_provider IS 'Empty when the patient is not insured';
COMMENT ON TABLE appointments IS 'Visits of patients to doctors, past and planned';
COMMENT ON COLUMN appointments.status IS 'scheduled, completed, cancelled or no-show';
COMMENT ON TABLE prescriptions IS 'Medication prescribed in a completed appointment';
COMMENT ON COLUMN prescriptions.refills IS 'How often it may be renewed';
