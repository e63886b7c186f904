import { GgmlType, type GgufFileInfo } from 'node-llama-cpp';
import type { ModelDetails } from '../../contract/index.ts';
import { readHeader } from './inspect-model.ts';

/** Longer values (vocabularies' merges, licences) would fill the page and tell little. */
const maxValueLength = 300;
const chatTemplateKey = 'tokenizer.chat_template';

/**
 * What a GGUF file's header says beyond the facts that running it needs.
 * @throws MODEL_MISSING, MODEL_INCOMPATIBLE
 */
export async function readDetails(file: string): Promise<Omit<ModelDetails, 'info'>> {
  const info = await readHeader(file);
  const entries = flatten(info.metadata);
  const template = entries.find(({ key }) => key === chatTemplateKey)?.value;
  return {
    metadata: entries
      .filter(({ key }) => key !== chatTemplateKey)
      .map(({ key, value }) => ({ key, value: shorten(value) })),
    ...(typeof template === 'string' ? { chatTemplate: template } : {}),
    tensorTypes: countTensors(info),
  };
}

/** The library nests the header's dotted keys; this puts them back. */
function flatten(value: object, prefix = ''): { key: string; value: unknown }[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) return flatten(inner, key);
    return [{ key, value: inner }];
  });
}

function shorten(value: unknown): string {
  if (Array.isArray(value)) {
    const [first, second, third] = value as unknown[];
    const text = [first, second, third]
      .filter((one) => one !== undefined)
      .map(String)
      .join(', ');
    return value.length > 3
      ? `${value.length.toLocaleString('en')} entries: ${shorten(text)}, …`
      : shorten(text);
  }
  const text = String(value);
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}

function countTensors({ fullTensorInfo = [] }: GgufFileInfo): ModelDetails['tensorTypes'] {
  const counts = new Map<string, { tensors: number; parameters: number }>();
  for (const { ggmlType, dimensions } of fullTensorInfo) {
    const type = GgmlType[ggmlType] ?? String(ggmlType);
    const count = counts.get(type) ?? { tensors: 0, parameters: 0 };
    const parameters = dimensions.reduce<number>((product, size) => product * Number(size), 1);
    counts.set(type, { tensors: count.tensors + 1, parameters: count.parameters + parameters });
  }
  return [...counts]
    .map(([type, count]) => ({ type, ...count }))
    .toSorted((a, b) => b.parameters - a.parameters);
}
