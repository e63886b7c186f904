import type { Calibration, Share } from '../../contract/index.ts';

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export function percent(value: number | null): string {
  return value === null ? '–' : `${(value * 100).toFixed(1)} %`;
}

/** `45.6 to 52.1 %` */
export function interval({ low, high }: Share): string {
  return low === null || high === null ? '' : `${(low * 100).toFixed(1)} to ${percent(high)}`;
}

/** A bar of the share with a line from end to end of its interval. The numbers stand beside it. */
export function bar({ share, low, high }: Share): string {
  if (share === null || low === null || high === null) return '';
  const [from, width] = [(low * 100).toFixed(1), ((high - low) * 100).toFixed(1)];
  return `<span class="track" aria-hidden="true"><i style="width:${(share * 100).toFixed(1)}%"></i><u style="left:${from}%;width:${width}%"></u></span>`;
}

export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly number[],
): string {
  const kind = (index: number) => (numeric.includes(index) ? ' class="number"' : '');
  const header = head.map((title, index) => `<th scope="col"${kind(index)}>${title}</th>`).join('');
  const body = rows.map(([first, ...cells]) => {
    const rest = cells.map((cell, index) => `<td${kind(index + 1)}>${cell}</td>`).join('');
    return `<tr><th scope="row">${first}</th>${rest}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="group" aria-label="Table"><table><thead><tr>${header}</tr></thead>\n<tbody>${body.join('\n')}</tbody></table></div>`;
}

/** Side of the plot in its own units, and room for the axes' texts. */
const plot = { side: 300, left: 44, top: 10, bottom: 44 };

/** What was claimed against what was right: the closer to the diagonal, the more can be believed. */
export function reliabilityCurve({ bins }: Calibration): string {
  const x = (value: number) => (plot.left + value * plot.side).toFixed(1);
  const y = (value: number) => (plot.top + (1 - value) * plot.side).toFixed(1);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (tick) =>
      `<text x="${x(tick)}" y="${plot.top + plot.side + 18}" text-anchor="middle">${tick}</text><text x="${plot.left - 8}" y="${Number(y(tick)) + 4}" text-anchor="end">${tick}</text>`,
  );
  const points = bins.map(
    (bin) =>
      `<line x1="${x(bin.confidence)}" y1="${y(bin.low ?? 0)}" x2="${x(bin.confidence)}" y2="${y(bin.high ?? 0)}" stroke="var(--bar)" stroke-width="2" opacity=".5"/><circle cx="${x(bin.confidence)}" cy="${y(bin.share ?? 0)}" r="5" fill="var(--bar)"/>`,
  );
  const line = bins.map((bin) => `${x(bin.confidence)},${y(bin.share ?? 0)}`).join(' ');
  const [width, height] = [plot.left + plot.side + 12, plot.top + plot.side + plot.bottom];
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Reliability curve; the table has its numbers" font-size="12" fill="var(--soft)">
<rect x="${plot.left}" y="${plot.top}" width="${plot.side}" height="${plot.side}" fill="var(--panel)"/>
<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="var(--soft)" stroke-dasharray="4 4"/>
<polyline points="${line}" fill="none" stroke="var(--bar)" stroke-width="2"/>${points.join('')}${ticks.join('')}
<text x="${plot.left + plot.side / 2}" y="${height - 6}" text-anchor="middle">confidence</text>
<text transform="translate(11 ${plot.top + plot.side / 2}) rotate(-90)" text-anchor="middle">share that was right</text></svg>`;
}

/** Both statements as HTML, the words that the other one lacks marked. */
export function markDifferences(left: string, right: string): [string, string] {
  return [markAgainst(left, right), markAgainst(right, left)];
}

function markAgainst(text: string, other: string): string {
  const left = new Map<string, number>();
  for (const token of tokensOf(other)) left.set(keyOf(token), (left.get(keyOf(token)) ?? 0) + 1);
  const parts = tokensOf(text).map((token) => {
    const count = left.get(keyOf(token)) ?? 0;
    left.set(keyOf(token), count - 1);
    return count > 0 || token.trim() === '' ? escapeHtml(token) : `<mark>${escapeHtml(token)}</mark>`;
  });
  return parts.join('').replaceAll('</mark><mark>', '');
}

/** Literals and quoted names whole, words, numbers, spaces, single signs. */
function tokensOf(sql: string): string[] {
  return sql.match(/'(?:[^']|'')*'|"[^"]*"|[\p{L}\p{N}_.$]+|\s+|[<>!=]+|./gu) ?? [];
}

/** Aliases and letter case say nothing about what a statement means. */
function keyOf(token: string): string {
  return /^['"]/.test(token) ? token : token.toLowerCase().replace(/^\w+\./, '');
}
