import { stemWord } from '../question-words.ts';

/**
 * Words that businesses use for one another and that neither WordNet nor word vectors hold together well enough. One
 * group a line; a word may be in several. Written for databases of firms in general, not for any one schema.
 */
const groups = `vendor supplier provider seller
customer client buyer purchaser account
employee staff worker personnel colleague people workforce
product item article material goods sku part
machine equipment plant device asset
invoice bill
payment remittance pay paid
salary wage pay compensation remuneration earning payroll
car vehicle truck lorry van automobile
warehouse depot storehouse storeroom
stock inventory
delivery shipment consignment dispatch shipping
carrier haulier forwarder shipper
return refund rma
purchase procurement buy
sale selling sold sell revenue turnover
purchase bought buy
disposal sold scrapped retired discarded removal
payment spent spend paid
shipment sent send shipped
return refund sent back
receipt received arrived incoming
hire hired employment employed
approval approved authorization sign signed consent
writeoff uncollectible baddebt
reminder dunning overdue
ceo manager chief director executive
branch subsidiary affiliate
work job labor labour
travel trip journey
hours time effort
tool instrument gauge
measure calibration
forecast expectation prediction
driver operator
certificate attestation qualification
skill competence ability qualification knowledge
appraisal review evaluation assessment feedback rating
electricity energy power water gas utility consumption
supply delivery
ship vessel boat
fuel petrol diesel gasoline
news newsletter mailing
marketing advertising promotion
mix recipe formula ingredient composition
component part ingredient bom
salesperson salesman representative rep agent seller
withholding deduction withheld
distance length mileage
cost expense spending expenditure
price rate fee charge tariff
discount rebate reduction
tax vat duty levy
currency money
contract agreement deal
lawsuit case litigation matter
complaint claim grievance
defect fault failure nonconformance malfunction
maintenance repair servicing upkeep
accident incident injury crash
absence leave sick holiday vacation
training course education
applicant candidate application
vacancy opening job position
manager boss supervisor head superior
department division unit
company firm enterprise corporation business organization
team group crew
office site branch location building
meeting appointment
booking reservation booked
doctor physician
patient case
visit appointment encounter
illness disease diagnosis condition
drug medicine medication
student pupil learner
teacher instructor lecturer professor
school college university
class course lesson
mark grade score
book title publication
author writer
film movie
song track tune
flight trip
plane aircraft airplane
passenger traveller traveler
airport airfield
city town place
country nation state
address residence
phone telephone mobile
mail email
begin start from
end finish stop until
deadline due
late overdue delayed
amount sum total value
quantity count number volume
weight mass
date day time
kind type category sort class
status state condition stage
description text detail
remark comment note
owner holder
password secret
user login account member
role permission privilege right
ticket request issue case
campaign promotion advertisement
lead prospect opportunity
quote quotation offer bid estimate
budget plan forecast
loan credit debt
interest rate
insurance coverage policy
depreciation amortization writedown
bank institution
project undertaking
task activity step job
milestone phase
risk hazard danger
waste rubbish scrap garbage
batch lot
inspection audit check examination test testing result
measure reading measurement
license licence permit permission
computer device machine laptop notebook pc desktop workstation
server host
software application program
backup copy
outage downtime breakdown
tenant renter lessee
rent lease
property estate
room space
member subscriber participant
fine penalty
gift present
branch agency
shop store outlet
meal dish food
guest visitor
child kid dependent
spouse wife husband partner
born birth birthday
gender sex
age old`;

/** A word without what makes a verb, an adjective or a noun of its root: shipped, shipment → ship. */
function rootOf(word: string): string {
  const root = stemWord(word).replace(
    /(?:ments?|ations?|ions?|ings?|ed|ers?|ors?|ances?|ences?|als?|e|y)$/,
    '',
  );
  const kept = root.length < 3 ? stemWord(word) : root;
  return kept.replace(/([bdfgklmnprt])\1$/, '$1');
}

/** Roots of words → numbers of the groups that hold them. */
const groupsOf = new Map<string, Set<number>>();
groups.split('\n').forEach((line, group) => {
  for (const word of line.split(' ')) {
    const root = rootOf(word);
    groupsOf.set(root, (groupsOf.get(root) ?? new Set()).add(group));
  }
});

const remembered = new Map<string, ReadonlySet<number>>();
const none: ReadonlySet<number> = new Set();
/** Schemas' words come with every question. */
const maxRemembered = 20_000;

function groupsFor(stem: string): ReadonlySet<number> {
  const known = remembered.get(stem);
  if (known) return known;
  if (remembered.size >= maxRemembered) remembered.clear();
  const found = groupsOf.get(rootOf(stem)) ?? none;
  remembered.set(stem, found);
  return found;
}

/** Whether a business would use one stem for the other. */
export function isBusinessSynonym(stem: string, other: string): boolean {
  const own = groupsFor(stem);
  if (own.size === 0) return false;
  const others = groupsFor(other);
  return others.size > 0 && [...own].some((group) => others.has(group));
}
