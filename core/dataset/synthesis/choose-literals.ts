import type { Fit, Ground } from './fit-template.ts';
import type { Random } from './random.ts';
import type { LiteralSlot, Template } from './template.ts';

function chooseNumber(random: Random, slot: LiteralSlot, fit: Fit): number {
  const target = slot.column === undefined ? undefined : fit.columns.get(slot.column);
  const type = target?.column.column.type ?? 'integer';
  const given = Number(slot.value);
  if (slot.isCount) return 2 + random.below(random.chance(0.7) ? 9 : 40);
  const name = target?.column.column.name ?? '';
  if (slot.isYear || /year/i.test(name) || (given >= 1900 && given <= 2030)) return 1950 + random.below(75);
  if (/age/i.test(name)) return 15 + random.below(60);
  const size = 10 ** (1 + random.below(4));
  const number = 1 + random.next() * size;
  if (/numeric|double|real/.test(type) && random.chance(0.3))
    return Number(number.toFixed(1 + random.below(2)));
  const step = number > 1000 ? 100 : number > 100 ? 10 : 1;
  return Math.max(2, Math.round(number / step) * step);
}

function dateLike(random: Random, given: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(given)) return undefined;
  const part = (value: number) => String(value).padStart(2, '0');
  return `${1960 + random.below(65)}-${part(1 + random.below(12))}-${part(1 + random.below(28))}`;
}

/** A word of a stored value, for patterns. */
function partOf(random: Random, value: string): string | undefined {
  const words = value.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length >= 3);
  return words.length > 0 ? random.pick(words) : undefined;
}

function textFor(
  random: Random,
  ground: Ground,
  slot: LiteralSlot,
  fit: Fit,
  taken: Set<string>,
): string | undefined {
  const target = slot.column === undefined ? undefined : fit.columns.get(slot.column);
  const values = target && ground.values.get(`${target.table.word}.${target.column.word}`);
  const free = values?.filter((value) => !taken.has(value)) ?? [];
  if (free.length === 0) return undefined;
  const value = random.pick(free);
  taken.add(value);
  return slot.kind === 'part-of-text' ? partOf(random, value) : value.replaceAll(/\s+/g, ' ').trim();
}

/** New literals in a template's order; the ends of a range in theirs. */
export function chooseLiterals(
  random: Random,
  ground: Ground,
  template: Template,
  fit: Fit,
): string[] | undefined {
  const taken = new Set<string>();
  const byValue = new Map<string, string>();
  const chosen: string[] = [];
  for (const slot of template.literals) {
    const key = `${slot.kind}/${slot.column ?? ''}/${slot.value}`;
    const value =
      slot.kind === 'fixed'
        ? slot.value
        : (byValue.get(key) ??
          (slot.kind === 'number'
            ? String(chooseNumber(random, slot, fit))
            : slot.kind === 'date'
              ? dateLike(random, slot.value)
              : textFor(random, ground, slot, fit, taken)));
    if (value === undefined) return undefined;
    byValue.set(key, value);
    chosen.push(value);
  }
  template.literals.forEach((slot, index) => {
    const next = template.literals[index + 1];
    if (
      !next ||
      slot.kind !== next.kind ||
      slot.column !== next.column ||
      (slot.kind !== 'number' && slot.kind !== 'date')
    )
      return;
    const wasRising = slot.value < next.value || Number(slot.value) < Number(next.value);
    const [a = '', b = ''] = [chosen[index], chosen[index + 1]];
    const isRising = slot.kind === 'number' ? Number(a) < Number(b) : a < b;
    if (wasRising !== isRising) [chosen[index], chosen[index + 1]] = [b, a];
  });
  return chosen;
}
