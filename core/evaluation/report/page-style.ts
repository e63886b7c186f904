/** The look of the report: the reader's fonts, light or dark as the system says. */
export const pageStyle = `
:root { color-scheme: light dark; --line: light-dark(#d8dbe0, #3a3f47); --soft: light-dark(#56606c, #a8b1bd);
  --panel: light-dark(#f5f6f8, #1c2026); --page: light-dark(#ffffff, #14171b); --text: light-dark(#1b1f24, #e6e9ee);
  --bar: light-dark(#2f6fb3, #6ea8e8); --right: light-dark(#1a6b34, #6fcf8e); --wrong: light-dark(#a32626, #ff9c94);
  --mark: light-dark(#ffe9a8, #5a4a12); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
p { max-width: 48rem; margin: .5rem 0; }
small, .soft { color: var(--soft); font-size: .87rem; font-weight: normal; }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 0; padding: 0; list-style: none; }
.figures li { flex: 1 1 13rem; padding: .8rem 1rem; background: var(--panel); border-radius: 8px; }
.figures b { display: block; font-size: 1.6rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem 1.25rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
thead th { font-weight: 600; white-space: nowrap; }
tbody th { font-weight: normal; }
.number { text-align: right; white-space: nowrap; }
.track { position: relative; display: block; width: 14rem; height: .85rem; background: var(--panel); border-radius: 3px; }
.track i { position: absolute; inset: 0 auto 0 0; background: var(--bar); opacity: .45; border-radius: 3px; }
.track u { position: absolute; top: .33rem; height: .2rem; background: var(--text); border-radius: 2px; }
.curve { display: flex; flex-wrap: wrap; gap: 2rem; align-items: start; margin-top: .75rem; }
.curve svg { width: 22rem; max-width: 100%; height: auto; }
form { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end;
  padding: .75rem 0; background: var(--page); border-bottom: 1px solid var(--line); }
label { display: grid; gap: .15rem; color: var(--soft); font-size: .85rem; }
select, input { font: inherit; color: var(--text); background: var(--panel); border: 1px solid var(--soft);
  border-radius: 5px; padding: 0 .5rem; height: 2.1rem; min-width: 8rem; max-width: 16rem; }
:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
output { margin-left: auto; color: var(--soft); }
article { border: 1px solid var(--line); border-radius: 6px; margin: .45rem 0; padding: .5rem .8rem; }
article[hidden] { display: none; }
summary { cursor: pointer; }
.id { font: .85rem ui-monospace, monospace; }
.verdict { font-weight: 600; } .verdict.right { color: var(--right); } .verdict.wrong { color: var(--wrong); }
.chip { display: inline-block; padding: 0 .45rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .82rem; }
.chip.primary { border-color: var(--soft); font-weight: 600; }
.question { display: block; margin: .15rem 0 0 1.1rem; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: .75rem; margin-top: .6rem; }
.sides figure { margin: 0; min-width: 0; }
figcaption { color: var(--soft); font-size: .85rem; }
pre { margin: .15rem 0 0; padding: .5rem .65rem; background: var(--panel); border-radius: 4px; white-space: pre-wrap;
  overflow-wrap: anywhere; font: .85rem/1.5 ui-monospace, monospace; }
mark { background: var(--mark); color: inherit; border-radius: 2px; padding: 0 .1em; }
@media (max-width: 48rem) { form { position: static; } }
@media print { form { display: none; } }
`;

/** Shows only the questions that the form asks for. Without scripts all of them are shown. */
export const pageScript = `
const form = document.querySelector('form');
const articles = [...document.querySelectorAll('article')];
const found = form.querySelector('output');
function show() {
  const { verdict, cause, hardness, db, text } = Object.fromEntries(new FormData(form));
  const words = text.toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const article of articles) {
    const data = article.dataset;
    const fits = (!verdict || data.verdict === verdict) && (!hardness || data.hardness === hardness)
      && (!db || data.db === db) && (!cause || data.causes.split(' ').includes(cause));
    const isShown = fits && words.every((word) => article.textContent.toLowerCase().includes(word));
    article.hidden = !isShown;
    count += isShown;
  }
  found.textContent = count + ' of ' + articles.length + ' questions';
}
form.hidden = false;
form.addEventListener('input', show);
form.addEventListener('submit', (event) => event.preventDefault());
show();
`;
