import type { Cell, ResultColumn } from '../../../core/contract/index.ts';
import { cellText } from '../../lib/format-rows.ts';

export const narrowestPx = 64;
const widestAtFirstPx = 360;
const characterPx = 7.8;
/** Names are bold. */
const nameCharacterPx = 8.8;
const paddingPx = 32;
/** The arrow of a sorted column. */
const arrowPx = 17;
export const sampledRows = 200;

/** First widths in pixels: what the names, the types and the first rows need, within bounds. */
export function estimateWidths(columns: ResultColumn[], rows: Cell[][]): number[] {
  const sample = rows.slice(0, sampledRows);
  return columns.map((column, index) => {
    const lengths = sample.map((row) => cellText(row[index]).length);
    const longest = Math.max(column.type.length * 0.8, ...lengths);
    const needed =
      Math.max(longest * characterPx, column.name.length * nameCharacterPx + arrowPx) + paddingPx;
    return Math.round(Math.min(Math.max(needed, narrowestPx), widestAtFirstPx));
  });
}
