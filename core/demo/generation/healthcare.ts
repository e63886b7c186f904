import { emailOf, pickName, pickPhone } from './places.ts';
import { addDays, createRandom, itemAt, range, today, type Random } from './random.ts';
import { readTables, table, type DemoScript, type Value } from './script.ts';

/** Each department with its medications and reasons for a visit. */
const fields: Record<string, { medications: readonly string[]; reasons: readonly string[] }> = {
  Cardiology: {
    medications: ['Atorvastatin', 'Metoprolol', 'Lisinopril'],
    reasons: ['Chest pain', 'High blood pressure'],
  },
  Dermatology: { medications: ['Hydrocortisone', 'Isotretinoin'], reasons: ['Skin rash', 'Mole check'] },
  Endocrinology: {
    medications: ['Metformin', 'Levothyroxine', 'Insulin'],
    reasons: ['Diabetes', 'Thyroid check'],
  },
  Gastroenterology: { medications: ['Omeprazole', 'Mesalamine'], reasons: ['Stomach pain', 'Heartburn'] },
  'General Medicine': {
    medications: ['Amoxicillin', 'Ibuprofen', 'Paracetamol'],
    reasons: ['Annual checkup', 'Fever', 'Cough'],
  },
  Neurology: { medications: ['Sumatriptan', 'Gabapentin'], reasons: ['Migraine', 'Dizziness'] },
  Oncology: { medications: ['Tamoxifen', 'Ondansetron'], reasons: ['Follow-up', 'Screening'] },
  Orthopedics: { medications: ['Naproxen', 'Diclofenac'], reasons: ['Back pain', 'Knee pain'] },
  Pediatrics: { medications: ['Amoxicillin', 'Paracetamol'], reasons: ['Vaccination', 'Fever', 'Cough'] },
  Psychiatry: { medications: ['Sertraline', 'Fluoxetine'], reasons: ['Anxiety', 'Sleep problems'] },
};
const cities = ['Boston', 'Chicago', 'Denver', 'Houston', 'Phoenix', 'Portland', 'San Diego', 'Seattle'];
const hospitalNames = ['General Hospital', 'Memorial Hospital', 'Lakeside Clinic'];
const insurers = ['Aetna', 'Blue Cross', 'Cigna', 'Humana', 'Medicare', 'UnitedHealth'];
const bloodTypes = [
  ...([
    ['O+', 37],
    ['A+', 33],
    ['B+', 10],
    ['AB+', 4],
  ] as const),
  ...([
    ['O-', 6],
    ['A-', 6],
    ['B-', 2],
    ['AB-', 1],
  ] as const),
];

interface Doctor {
  id: number;
  field: string;
}

export function generateHealthcare(): DemoScript {
  const random = createRandom(3_003);
  const departmentRows = makeDepartments(random);
  const doctors: Doctor[] = [];
  const doctorRows = range(260).map((index) => makeDoctor(random, index + 1, departmentRows, doctors));
  const patientRows = range(900).map((index) => makePatient(random, index + 1));
  const { appointments, prescriptions } = makeAppointments(random, patientRows, doctors);
  const patientColumns =
    'id name gender date_of_birth blood_type city phone insurance_provider registered_date';
  const prescriptionColumns =
    'id appointment_id patient_id doctor_id medication dosage duration_days refills prescribed_date';
  return {
    title: 'Demo database: a group of hospitals',
    ddl: readTables('healthcare'),
    tables: [
      table('departments', 'id name hospital city floor annual_budget', departmentRows),
      table(
        'doctors',
        'id name specialty department_id email hire_date years_of_experience consultation_fee',
        doctorRows,
      ),
      table('patients', patientColumns, patientRows),
      table(
        'appointments',
        'id patient_id doctor_id appointment_time duration_minutes reason status',
        appointments,
      ),
      table('prescriptions', prescriptionColumns, prescriptions),
    ],
    indexes: [
      'CREATE INDEX doctors_department_id_idx ON doctors (department_id);',
      'CREATE INDEX appointments_patient_id_idx ON appointments (patient_id);',
      'CREATE INDEX appointments_doctor_id_idx ON appointments (doctor_id);',
      'CREATE INDEX appointments_appointment_time_idx ON appointments (appointment_time);',
      'CREATE INDEX prescriptions_patient_id_idx ON prescriptions (patient_id);',
    ],
  };
}

/** Every hospital of the 24 has most of the ten departments: 216 in all. */
function makeDepartments(random: Random): Value[][] {
  const rows: Value[][] = [];
  const hospitals = cities.flatMap((city) =>
    hospitalNames.map((name) => ({ city, hospital: `${city} ${name}` })),
  );
  for (const { city, hospital } of hospitals) {
    const missing = random.pick(Object.keys(fields).filter((name) => name !== 'General Medicine'));
    for (const name of Object.keys(fields).filter((each) => each !== missing)) {
      rows.push([rows.length + 1, name, hospital, city, random.int(0, 9), random.int(40, 900) * 10_000]);
    }
  }
  return rows;
}

function makeDoctor(random: Random, id: number, departments: Value[][], doctors: Doctor[]): Value[] {
  const name = `Dr. ${pickName(random)}`;
  const department = random.pick(departments);
  const field = String(department[1]);
  doctors.push({ id, field });
  const experience = random.int(1, 38);
  const hired = random.date(addDays(today, -Math.min(experience, 20) * 365), addDays(today, -60));
  const fee = random.int(16, 70) * 5;
  return [
    id,
    name,
    field,
    Number(department[0]),
    emailOf(name, id, 'hospital.example'),
    hired,
    experience,
    fee,
  ];
}

function makePatient(random: Random, id: number): Value[] {
  const gender = random.weighted([
    ['female', 50],
    ['male', 48],
    ['other', 2],
  ] as const);
  const first = random.faker.person.firstName(gender === 'other' ? undefined : gender);
  const name = `${first} ${random.faker.person.lastName()}`;
  const blood = random.chance(0.9) ? random.weighted(bloodTypes) : null;
  const phone = random.chance(0.93) ? pickPhone(random) : null;
  const insurer = random.chance(0.88) ? random.pick(insurers) : null;
  const birth = random.date('1935-01-01', '2021-12-31');
  const registered = random.date('2022-01-01', '2025-05-31');
  return [id, name, gender, birth, blood, random.pick(cities), phone, insurer, registered];
}

/** One patient in ten never comes; some doctors are too new to have been seen. */
function makeAppointments(random: Random, patients: Value[][], doctors: Doctor[]) {
  const appointments: Value[][] = [];
  const prescriptions: Value[][] = [];
  const visitors = patients.filter((patient) => Number(patient[0]) % 10 !== 0);
  const seen = doctors.slice(0, -15);
  for (const id of range(4_000).map((index) => index + 1)) {
    const patient = itemAt(visitors, random.skewed(visitors.length, 1.5));
    const doctor = itemAt(seen, random.skewed(seen.length, 1.2));
    const date = random.date(String(patient[8]), addDays(today, 45));
    const past = [
      ['completed', 78],
      ['cancelled', 13],
      ['no-show', 9],
    ] as const;
    const status = date > today ? 'scheduled' : random.weighted(past);
    const { medications, reasons } = fields[doctor.field] ?? { medications: [], reasons: [] };
    const duration = random.pick([15, 20, 30, 30, 45, 60]);
    const time = random.timeOn(date, 8, 18);
    appointments.push([id, Number(patient[0]), doctor.id, time, duration, random.pick(reasons), status]);
    if (status !== 'completed' || !random.chance(0.8)) continue;
    const dosage = `${random.pick([5, 10, 20, 50, 100, 250, 500])} mg`;
    const days = random.pick([5, 7, 10, 14, 30, 90]);
    prescriptions.push([
      ...[prescriptions.length + 1, id, Number(patient[0]), doctor.id, random.pick(medications)],
      ...[
        dosage,
        days,
        random.weighted([
          [0, 6],
          [1, 2],
          [2, 1],
          [3, 1],
        ] as const),
        date,
      ],
    ]);
  }
  return { appointments, prescriptions };
}
