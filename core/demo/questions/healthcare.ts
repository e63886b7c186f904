import { ordered, unordered, type QuestionDraft } from './question.ts';

export const healthcareQuestions: QuestionDraft[] = [
  unordered(
    'easy',
    'How many patients have no insurance provider?',
    'SELECT count(*) FROM patients WHERE insurance_provider IS NULL',
  ),
  unordered(
    'easy',
    'List the names and consultation fees of doctors who specialize in Cardiology.',
    "SELECT name, consultation_fee FROM doctors WHERE specialty = 'Cardiology'",
  ),
  unordered(
    'easy',
    'How many appointments are there for each status?',
    'SELECT status, count(*) FROM appointments GROUP BY status',
  ),
  unordered(
    'medium',
    'What is the average consultation fee of the doctors of each specialty?',
    'SELECT specialty, avg(consultation_fee) FROM doctors GROUP BY specialty',
  ),
  unordered(
    'medium',
    'Show the name of each doctor and the name of the hospital where they work.',
    `
SELECT d.name, p.hospital
FROM doctors AS d
JOIN departments AS p ON p.id = d.department_id`,
  ),
  ordered(
    'medium',
    'What are the 5 most prescribed medications? Show the medication and the number of prescriptions.',
    `
SELECT medication, count(*)
FROM prescriptions
GROUP BY medication
ORDER BY count(*) DESC
LIMIT 5`,
  ),
  unordered(
    'hard',
    'Which patients have never had an appointment? Show their name and city.',
    'SELECT name, city FROM patients WHERE id NOT IN (SELECT patient_id FROM appointments)',
  ),
  unordered(
    'hard',
    'Which doctors have more than 20 completed appointments? Show the name of the doctor and the number of completed appointments.',
    `
SELECT d.name, count(*)
FROM doctors AS d
JOIN appointments AS a ON a.doctor_id = d.id
WHERE a.status = 'completed'
GROUP BY d.id, d.name
HAVING count(*) > 20`,
  ),
  ordered(
    'hard',
    'How many appointments took place in each month of 2024? Show the month number and the number of appointments in order of the month.',
    `
SELECT extract(month FROM appointment_time) AS month, count(*)
FROM appointments
WHERE extract(year FROM appointment_time) = 2024
GROUP BY extract(month FROM appointment_time)
ORDER BY month`,
  ),
  unordered(
    'extra',
    'For each hospital in Boston, show the hospital and the number of different patients with a completed appointment there.',
    `
SELECT p.hospital, count(DISTINCT a.patient_id)
FROM appointments AS a
JOIN doctors AS d ON d.id = a.doctor_id
JOIN departments AS p ON p.id = d.department_id
WHERE p.city = 'Boston' AND a.status = 'completed'
GROUP BY p.hospital`,
  ),
];
