import { uncheckedPrice, type HardwarePrice, type PriceTable } from '../../../../../core/contract/index.ts';
import { formatNumber } from '../form.ts';
import { toNumber } from '../values.ts';

/** A line of the table as it is typed. */
export interface TypedPrice {
  id: string;
  title: string;
  gpu: string;
  memoryGib: string;
  perHour: string;
  currency: string;
  asOf: string;
  source: string;
}

export interface TypedPrices {
  hardware: TypedPrice[];
  storagePerGibMonth: string;
  storageAsOf: string;
}

export function typePrices({ hardware, storagePerGibMonth, storageAsOf }: PriceTable): TypedPrices {
  return {
    hardware: hardware.map((price) => ({
      ...price,
      memoryGib: formatNumber(price.memoryGib),
      perHour: formatNumber(price.perHour),
    })),
    storagePerGibMonth: formatNumber(storagePerGibMonth),
    storageAsOf,
  };
}

/** `2026-05-01`, of this machine's clock. */
export function today(now = new Date()): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export function newPrice(): TypedPrice {
  return {
    id: crypto.randomUUID(),
    title: '',
    gpu: '',
    memoryGib: '',
    perHour: '',
    currency: 'USD',
    asOf: today(),
    source: '',
  };
}

/** A price that is changed is as of today, until another date is typed, and no longer one that nobody looked up. */
export function changePrice(price: TypedPrice, field: keyof TypedPrice, value: string): TypedPrice {
  const changed = { ...price, [field]: value };
  if (field !== 'perHour' || value === price.perHour) return changed;
  return {
    ...changed,
    asOf: today(),
    source: price.source.replace(uncheckedPrice, '').replace(/[;\s]+$/, ''),
  };
}

const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const isDate = (typed: string) => datePattern.test(typed.trim()) && !Number.isNaN(Date.parse(typed));
const isAmount = (typed: string) => (toNumber(typed) ?? -1) >= 0;

export function isWrong(price: TypedPrice, field: keyof TypedPrice): boolean {
  const typed = price[field].trim();
  if (field === 'memoryGib') return (toNumber(typed) ?? 0) <= 0;
  if (field === 'perHour') return !isAmount(typed);
  if (field === 'currency') return !/^[a-z]{3}$/i.test(typed);
  if (field === 'asOf') return !isDate(typed);
  return (field === 'title' || field === 'gpu') && typed === '';
}

export const isStorageWrong = ({ storagePerGibMonth }: TypedPrices) => !isAmount(storagePerGibMonth);
export const isStorageDateWrong = ({ storageAsOf }: TypedPrices) => !isDate(storageAsOf);

/** Undefined where a field is not in order. */
export function readPrices(typed: TypedPrices): PriceTable | undefined {
  const fields = ['title', 'gpu', 'memoryGib', 'perHour', 'currency', 'asOf'] as const;
  const isSound = typed.hardware.every((price) => fields.every((field) => !isWrong(price, field)));
  if (!isSound || isStorageWrong(typed) || isStorageDateWrong(typed)) return undefined;
  return {
    hardware: typed.hardware.map(readPrice),
    storagePerGibMonth: toNumber(typed.storagePerGibMonth) ?? 0,
    storageAsOf: typed.storageAsOf.trim(),
  };
}

function readPrice(price: TypedPrice): HardwarePrice {
  return {
    id: price.id,
    title: price.title.trim(),
    gpu: price.gpu.trim(),
    memoryGib: toNumber(price.memoryGib) ?? 0,
    perHour: toNumber(price.perHour) ?? 0,
    currency: price.currency.trim().toUpperCase(),
    asOf: price.asOf.trim(),
    source: price.source.trim(),
  };
}
