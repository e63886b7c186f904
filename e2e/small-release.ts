import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

type Question = [dbId: string, question: string, gold: string];

const databases: Record<string, string> = {
  orchestra_hall: `
    CREATE TABLE Conductor (Conductor_ID INTEGER PRIMARY KEY, Name TEXT NOT NULL, Age INTEGER, Nationality TEXT);
    CREATE TABLE Concert (
      Concert_ID INTEGER PRIMARY KEY, Conductor_ID INTEGER, Year INTEGER, Attendance REAL,
      FOREIGN KEY (Conductor_ID) REFERENCES Conductor (Conductor_ID));
    INSERT INTO Conductor VALUES (1, 'Ada Falk', 52, 'Norway'), (2, 'Bo Lind', 41, 'Sweden'), (3, 'Cem Oz', 67, 'Turkey');
    INSERT INTO Concert VALUES (1, 1, 2019, 812.5), (2, 1, 2020, 640), (3, 2, 2020, 955), (4, 3, 2021, 430);`,
  town_houses: 'CREATE TABLE House (Id INTEGER PRIMARY KEY, Street TEXT, Rooms INTEGER);',
  farm_cows: `
    CREATE TABLE Cow (Id INTEGER PRIMARY KEY, Name TEXT, Milk REAL);
    INSERT INTO Cow VALUES (1, 'Elsa', 21.5), (2, 'Dora', 18), (3, 'Elsa', 25);`,
};

const examples: Record<string, Question[]> = {
  train_spider: [
    ['orchestra_hall', 'How many conductors are there?', 'SELECT count ( * )  FROM Conductor'],
    ['orchestra_hall', 'Count the conductors.', 'SELECT count ( * )  FROM Conductor'],
    [
      'orchestra_hall',
      'Show the name of each conductor and the number of concerts, for those with more than one.',
      'SELECT T1.Name ,  count(*) FROM Conductor AS T1 JOIN Concert AS T2 ON T1.Conductor_ID  =  T2.Conductor_ID GROUP BY T1.Name HAVING count(*)  >  1',
    ],
    [
      'orchestra_hall',
      'Which conductors are from "Norway" or older than 60?',
      'SELECT Name FROM Conductor WHERE Nationality  =  "Norway" OR Age  >  60',
    ],
    [
      'orchestra_hall',
      'What is the name of the oldest one of each year?',
      'SELECT Year ,  Attendance ,  count(*) FROM Concert GROUP BY Year',
    ],
    ['orchestra_hall', 'List all instruments.', 'SELECT * FROM Instrument'],
  ],
  train_others: [
    ['town_houses', 'Which houses are in Elm Street?', 'SELECT Id FROM House WHERE Street = "Elm"'],
  ],
  dev: [
    ['farm_cows', 'How many cows are there?', 'SELECT count(*) FROM Cow'],
    ['farm_cows', 'Which cow gives the most milk?', 'SELECT Name FROM Cow ORDER BY Milk DESC LIMIT 1'],
  ],
};

/** A release in Spider's layout with real SQLite files: nine questions on three databases, one that no engine answers. */
export async function writeSmallRelease(folder: string): Promise<void> {
  for (const [dbId, sql] of Object.entries(databases)) {
    const place = join(folder, 'database', dbId);
    await mkdir(place, { recursive: true });
    const database = new DatabaseSync(join(place, `${dbId}.sqlite`));
    database.exec(sql);
    database.close();
  }
  for (const [name, questions] of Object.entries(examples)) {
    const records = questions.map(([db_id, question, query]) => ({ db_id, question, query }));
    await writeFile(join(folder, `${name}.json`), JSON.stringify(records));
  }
  await writeFile(join(folder, 'tables.json'), '[]');
}
