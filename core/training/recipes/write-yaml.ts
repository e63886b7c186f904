/** What a recipe holds: mappings of mappings, numbers, texts, lists of texts. */
export type YamlValue = string | number | boolean | null | readonly string[] | YamlMapping;
export interface YamlMapping {
  [key: string]: YamlValue | undefined;
}

/** Block YAML, one key a line, in the order given; undefined keys are left out. */
export function writeYaml(mapping: YamlMapping, indent = ''): string {
  return Object.entries(mapping)
    .map(([key, value]) => (value === undefined ? '' : writeEntry(key, value, indent)))
    .join('');
}

function writeEntry(key: string, value: YamlValue, indent: string): string {
  if (isMapping(value)) return `${indent}${key}:\n${writeYaml(value, `${indent}  `)}`;
  return `${indent}${key}: ${writeScalar(value)}\n`;
}

function isMapping(value: YamlValue): value is YamlMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function writeScalar(value: Exclude<YamlValue, YamlMapping>): string {
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'string') return writeText(value);
  // JSON is YAML's flow style.
  return JSON.stringify(value);
}

/** YAML 1.1 reads 1e-7 as text: it wants a point. */
function writeNumber(value: number): string {
  const text = String(value);
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
}

const plainPattern = /^[A-Za-z][\w./ -]*[\w/]$/;
const reservedWords = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off']);

function writeText(text: string): string {
  return plainPattern.test(text) && !reservedWords.has(text.toLowerCase()) ? text : JSON.stringify(text);
}

/** Without the word that ended a run early: whoever goes on with it wants more steps all the same. */
export function dropEarlyStopping(yaml: string): string {
  return yaml.replaceAll(/^ {2}early_stopping_evaluations:.*\n/gm, '');
}

/** Another limit for a recipe that is to go on: `train.max_steps` alone ends it then. */
export function setMaxSteps(yaml: string, maxSteps: number): string {
  const without = yaml.replaceAll(/^ {2}(?:min_steps|max_steps|epochs|max_minutes):.*\n/gm, '');
  return without.replace(/^train:[ \t]*\n/m, `train:\n  max_steps: ${maxSteps}\n`);
}
