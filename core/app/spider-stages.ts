import type { Stage } from '../dataset/stages/index.ts';
import { hashCode } from './hash-code.ts';
import { describeConvert, describeFormat, describeSplit, describeVersion } from './stages/dataset-stages.ts';
import { describeImport, describeParse, describeVerify } from './stages/release-stages.ts';
import { locatePlaces, type StageName, type StagePart } from './stages/stage-part.ts';

export { stageNames, type StageName } from './stages/stage-part.ts';

export interface SpiderStage extends Stage {
  name: StageName;
}

export interface StagePlaces {
  dataDir: string;
  /** The release to import: a zip or a folder. Undefined keeps what is imported. */
  source?: string | undefined;
}

/** Every stage in its order: its files relative to the data folder, and the domain's function that does its work. */
export async function listStages({ dataDir, source }: StagePlaces): Promise<SpiderStage[]> {
  const places = locatePlaces(dataDir, source);
  const parts = [
    await describeImport(places),
    describeVerify(places),
    describeParse(places),
    describeConvert(places),
    describeFormat(places),
    describeSplit(places),
    describeVersion(places),
  ];
  return Promise.all(parts.map(nameStage));
}

async function nameStage({ code, ...part }: StagePart): Promise<SpiderStage> {
  return { ...part, version: await hashCode(code), manifestFile: `processed/manifests/${part.name}.json` };
}
