/** As in components/chart/chart-colors.ts, for what is no canvas. */
const inks = [
  'light-dark(#3f51b5, #93a2ff)',
  'light-dark(#00838f, #4dd0e1)',
  'light-dark(#b26a00, #f0b072)',
  'light-dark(#8a2f7c, #e29ad6)',
  'light-dark(#515a6b, #a9b1c1)',
];

/** The colour of a line. */
export function Swatch({ color }: { color: number }) {
  return (
    <span
      aria-hidden
      className="inline-block h-[3px] w-[12px] flex-none rounded-s"
      style={{ background: inks[color % inks.length] }}
    />
  );
}
