import type { DemoDatabase, DemoName, DemoQuestion } from '../contract/demo.ts';
import { ecommerceQuestions } from './questions/ecommerce.ts';
import { financeQuestions } from './questions/finance.ts';
import { healthcareQuestions } from './questions/healthcare.ts';
import type { QuestionDraft } from './questions/question.ts';
import { retailQuestions } from './questions/retail.ts';
import { saasQuestions } from './questions/saas.ts';

/** The five demo databases with their questions, in the order in which they are shown. */
export const demoDatabases: DemoDatabase[] = [
  describe(
    'ecommerce',
    'E-commerce',
    'An online shop: customers, products, orders and reviews.',
    ecommerceQuestions,
  ),
  describe('finance', 'Finance', 'A bank: accounts, transactions, loans and credit cards.', financeQuestions),
  describe(
    'healthcare',
    'Healthcare',
    'Hospitals: patients, doctors, appointments, prescriptions.',
    healthcareQuestions,
  ),
  describe('saas', 'SaaS', 'A software company: organizations, users, plans, subscriptions.', saasQuestions),
  describe('retail', 'Retail', 'A chain of shops: stores, employees, inventory and sales.', retailQuestions),
];

function describe(name: DemoName, title: string, description: string, drafts: QuestionDraft[]): DemoDatabase {
  const questions = drafts.map((draft, index): DemoQuestion => ({
    ...draft,
    id: `${name}-${String(index + 1).padStart(2, '0')}`,
  }));
  return { name, title, description, questions };
}
