/** The look of the conversion report: the reader's fonts, light or dark as the system says. */
export const pageStyle = `
:root { color-scheme: light dark; --line: light-dark(#d8dbe0, #3a3f47); --soft: light-dark(#5b6470, #a2abb8);
  --panel: light-dark(#f6f7f9, #1c2026); --page: light-dark(#ffffff, #14171b); --text: light-dark(#1b1f24, #e6e9ee); }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { max-width: 46rem; }
small, .note, .db, dt, figcaption { color: var(--soft); font-size: .85rem; font-weight: normal; }
.note { margin: .75rem 0 .25rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { font-weight: 600; }
.totals td, .totals thead th { text-align: right; padding-left: 1rem; white-space: nowrap; }
.totals tbody th { font-weight: normal; }
.totals tbody th small { display: block; }
article { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; padding: .45rem .75rem; }
summary { cursor: pointer; }
.id { font-family: ui-monospace, monospace; font-size: .85rem; }
.question { display: block; margin: .1rem 0 0 1.1rem; }
dl { margin: .5rem 0; }
dd { margin: .15rem 0 .6rem; }
pre { margin: 0; padding: .5rem .65rem; background: var(--panel); border-radius: 4px; white-space: pre-wrap;
  overflow-wrap: anywhere; font: .85rem/1.45 ui-monospace, monospace; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }
figure { margin: 0; min-width: 0; }
figure table { font-size: .85rem; }
`;
