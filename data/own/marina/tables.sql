CREATE TYPE "BoatKind" AS ENUM ('sailing yacht', 'motor cruiser', 'catamaran', 'fishing boat', 'day sailer');
CREATE TYPE "Severity" AS ENUM ('minor', 'moderate', 'serious');

CREATE TABLE "Pontoon" (
  "pontoonId" integer PRIMARY KEY,
  "letter" char(1) NOT NULL UNIQUE,
  "lengthM" integer NOT NULL,
  "waterDepthM" numeric(3,1) NOT NULL,
  "hasFuelDock" boolean NOT NULL
);
CREATE TABLE "Berth" (
  "berthId" integer PRIMARY KEY,
  "berthCode" text NOT NULL UNIQUE,
  "pontoonId" integer NOT NULL REFERENCES "Pontoon" ("pontoonId"),
  "maxLengthM" numeric(4,1) NOT NULL CHECK ("maxLengthM" > 0),
  "hasPower" boolean NOT NULL
);
CREATE TABLE "Owner" (
  "ownerId" integer PRIMARY KEY,
  "fullName" text NOT NULL UNIQUE,
  "homeTown" text NOT NULL,
  "countryCode" char(2) NOT NULL,
  "email" text,
  "memberSince" date NOT NULL,
  "isClubMember" boolean NOT NULL
);
CREATE TABLE "Boat" (
  "boatId" integer PRIMARY KEY,
  "boatName" text NOT NULL UNIQUE,
  "ownerId" integer NOT NULL REFERENCES "Owner" ("ownerId"),
  "boatKind" "BoatKind" NOT NULL,
  "lengthM" numeric(4,1) NOT NULL CHECK ("lengthM" BETWEEN 3 AND 30),
  "draughtM" numeric(3,1) NOT NULL,
  "hullMaterial" text NOT NULL,
  "builtYear" integer
);
CREATE TABLE "MooringContract" (
  "contractId" integer PRIMARY KEY,
  "boatId" integer NOT NULL REFERENCES "Boat" ("boatId"),
  "berthId" integer NOT NULL REFERENCES "Berth" ("berthId"),
  "startsOn" date NOT NULL,
  "endsOn" date NOT NULL,
  "annualFee" numeric(8,2) NOT NULL CHECK ("annualFee" > 0),
  "renewsItself" boolean NOT NULL,
  "cancelledOn" date,
  CHECK ("endsOn" > "startsOn")
);
CREATE TABLE "VisitorStay" (
  "stayId" integer PRIMARY KEY,
  "vesselName" text NOT NULL,
  "flag" text NOT NULL,
  "berthId" integer NOT NULL REFERENCES "Berth" ("berthId"),
  "arrivedOn" date NOT NULL,
  "nights" integer NOT NULL CHECK ("nights" > 0),
  "crewCount" integer,
  "chargeTotal" numeric(7,2) NOT NULL
);
CREATE TABLE "PowerReading" (
  "berthId" integer NOT NULL REFERENCES "Berth" ("berthId"),
  "readOn" date NOT NULL,
  "kilowattHours" numeric(7,1) NOT NULL CHECK ("kilowattHours" >= 0),
  PRIMARY KEY ("berthId", "readOn")
);
CREATE TABLE "StaffMember" (
  "staffId" integer PRIMARY KEY,
  "fullName" text NOT NULL UNIQUE,
  "jobTitle" text NOT NULL,
  "hiredOn" date NOT NULL,
  "leftOn" date,
  "holdsCraneLicence" boolean NOT NULL
);
CREATE TABLE "CraneLift" (
  "liftId" integer PRIMARY KEY,
  "boatId" integer NOT NULL REFERENCES "Boat" ("boatId"),
  "operatorId" integer NOT NULL REFERENCES "StaffMember" ("staffId"),
  "liftedOn" date NOT NULL,
  "direction" text NOT NULL CHECK ("direction" IN ('out', 'in')),
  "purpose" text NOT NULL,
  "feeCharged" numeric(7,2)
);
CREATE TABLE "Incident" (
  "incidentId" integer PRIMARY KEY,
  "occurredAt" timestamp NOT NULL,
  "berthId" integer REFERENCES "Berth" ("berthId"),
  "category" text NOT NULL,
  "severity" "Severity" NOT NULL,
  "reportedBy" integer REFERENCES "StaffMember" ("staffId"),
  "insuranceNotified" boolean NOT NULL
);
CREATE TABLE "Invoice" (
  "invoiceNo" text PRIMARY KEY,
  "ownerId" integer NOT NULL REFERENCES "Owner" ("ownerId"),
  "issuedOn" date NOT NULL,
  "amountDue" numeric(8,2) NOT NULL CHECK ("amountDue" > 0),
  "paidOn" date,
  CHECK ("paidOn" >= "issuedOn")
);

COMMENT ON COLUMN "Pontoon"."waterDepthM" IS 'At mean low water';
COMMENT ON COLUMN "Owner"."countryCode" IS 'ISO 3166, two letters';
COMMENT ON COLUMN "Boat"."builtYear" IS 'Empty where nobody knows';
COMMENT ON TABLE "VisitorStay" IS 'Guests who pass through without a contract';
COMMENT ON COLUMN "VisitorStay"."chargeTotal" IS 'Whole stay, harbour dues and tax, in euros';
COMMENT ON COLUMN "CraneLift"."direction" IS 'out of the water, or in';
COMMENT ON COLUMN "Incident"."reportedBy" IS 'Empty when a guest reported it';
COMMENT ON COLUMN "Invoice"."paidOn" IS 'Empty while the invoice is open';
