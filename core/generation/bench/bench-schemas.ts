import { describeSchema } from '../testing/shop-schema.ts';

/** A clinic's books, 12 tables: a schema of the usual size. */
export const clinicSchema = describeSchema(`
  departments: id integer, name text, floor integer, phone text, budget numeric |
  doctors: id integer, full_name text, speciality text, hired_on date, salary numeric, department_id integer > departments |
  nurses: id integer, full_name text, night_shift boolean, department_id integer > departments |
  patients: id integer, full_name text, born_on date, city text, blood_group text, insurer_id integer > insurers |
  insurers: id integer, name text, country text, discount numeric |
  visits: id integer, patient_id integer > patients, doctor_id integer > doctors, visited_at timestamp, reason text, fee numeric |
  diagnoses: id integer, visit_id integer > visits, code text, description text, severity integer |
  medicines: id integer, name text, maker text, unit_price numeric, stock integer |
  prescriptions: id integer, visit_id integer > visits, medicine_id integer > medicines, dose text, days integer |
  rooms: id integer, department_id integer > departments, number text, beds integer |
  stays: id integer, patient_id integer > patients, room_id integer > rooms, arrived_on date, left_on date |
  invoices: id integer, visit_id integer > visits, issued_on date, amount numeric, paid boolean
`);

export const clinicQuestions = [
  'How many patients are there?',
  'Which doctors have a salary above 90000?',
  'What is the average fee of the visits for each doctor?',
  'List the names of the five patients with the most visits.',
  'How many beds does each department have?',
  'Which medicines were never prescribed?',
  'What is the total amount of the unpaid invoices?',
  'Show the cities with more than 10 patients.',
];

export { shopSchema } from '../testing/shop-schema.ts';
export const shopQuestions = [
  'How many customers are there?',
  'Which products have a price above 20?',
  'What is the total of all orders by country of the customer?',
];
