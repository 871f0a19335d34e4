/** The one stylesheet: quiet, light or dark as the browser likes it, and readable on a phone. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f5f1;
  --sheet: #ffffff;
  --ink: #23282b;
  --soft: #5d676c;
  --line: #dfded8;
  --accent: #2f6f73;
  --accent-ink: #ffffff;
  --faint: #eef3f2;
  --warn: #9c3b22;
  --warn-faint: #fbeee9;
  --good: #2f6b3d;
  --good-faint: #ebf4ec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15191b;
    --sheet: #1d2326;
    --ink: #e4e7e6;
    --soft: #9aa5a9;
    --line: #323b3f;
    --accent: #7cc0c1;
    --accent-ink: #10191a;
    --faint: #243033;
    --warn: #f0a58d;
    --warn-faint: #38231d;
    --good: #9fd3a9;
    --good-faint: #1d3022;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
.bar {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: .4rem 1.5rem;
  padding: .7rem max(1rem, calc((100% - 72rem) / 2));
  background: var(--sheet);
  border-bottom: 1px solid var(--line);
}
.brand { display: flex; align-items: center; gap: .5rem; font-weight: 650; min-width: 0; }
.brand img { flex: none; }
.brand span { color: var(--soft); font-weight: 400; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
nav { display: flex; flex-wrap: wrap; gap: .2rem; margin-left: auto; }
nav a { padding: .3rem .65rem; border-radius: .5rem; color: var(--soft); text-decoration: none; }
nav a:hover { background: var(--faint); color: var(--ink); }
nav a[aria-current] { background: var(--faint); color: var(--accent); font-weight: 600; }
main { max-width: 74rem; margin: 0 auto; padding: 1.2rem 1rem 3rem; }
footer { max-width: 74rem; margin: 0 auto; padding: 0 1rem 2rem; color: var(--soft); font-size: .85rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .4rem 0 1rem; letter-spacing: -.01em; }
h2 { font-size: 1.05rem; margin: 0 0 .7rem; }
p { margin: .3rem 0; }
a { color: var(--accent); }
code { font: .92em ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
pre { background: var(--faint); border-radius: .6rem; padding: .8rem 1rem; overflow-x: auto; }
small, .hint { display: block; color: var(--soft); font-size: .82rem; line-height: 1.4; font-weight: 400; }
.lead { color: var(--soft); max-width: 46rem; margin-bottom: 1rem; }
.nothing { color: var(--soft); }
section {
  background: var(--sheet);
  border: 1px solid var(--line);
  border-radius: .8rem;
  padding: 1rem 1.1rem;
  margin: 0 0 1rem;
}
section:target { border-color: var(--accent); }
details > summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: .1rem .8rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: "+"; color: var(--accent); font-weight: 600; width: .8rem; }
details[open] > summary::before { content: "–"; }
summary h2 { margin: 0; }
details[open] > summary { margin-bottom: .7rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .8rem; margin-bottom: 1rem; }
.tile {
  display: block;
  background: var(--sheet);
  border: 1px solid var(--line);
  border-radius: .8rem;
  padding: .8rem 1rem;
  color: inherit;
  text-decoration: none;
}
.tile:hover { border-color: var(--accent); }
.tile b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .88rem; }
table { width: 100%; border-collapse: collapse; font-size: .93rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; font-size: .8rem; color: var(--soft); padding: .2rem .8rem .4rem 0; }
td { padding: .5rem .8rem .5rem 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td:last-child, th:last-child { padding-right: 0; }
td form { display: inline; }
.met { color: var(--warn); }
.more { margin-top: .6rem; }
.notice { border-radius: .7rem; padding: .6rem 1rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
.notice p { margin: .15rem 0; }
.done { background: var(--good-faint); color: var(--good); }
.trouble { background: var(--warn-faint); color: var(--warn); }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .9rem 1.2rem; align-items: start; }
.fields > .tick, .fields > fieldset, .fields > .actions { grid-column: 1 / -1; }
.fields > button { justify-self: start; }
.field > span { display: block; font-weight: 600; font-size: .88rem; margin-bottom: .15rem; }
.tick { display: flex; gap: .5rem; align-items: baseline; font-size: .92rem; }
fieldset {
  border: 1px solid var(--line);
  border-radius: .7rem;
  margin: 0;
  padding: .6rem 1rem 1rem;
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr));
  gap: .8rem 1.2rem;
}
legend { color: var(--soft); font-size: .88rem; padding: 0 .3rem; }
input:not([type=checkbox]), select {
  width: 100%;
  min-height: 2.35rem;
  padding: .35rem .6rem;
  font: inherit;
  color: inherit;
  background: var(--ground);
  border: 1px solid var(--line);
  border-radius: .5rem;
}
input::placeholder { color: var(--soft); opacity: .65; }
input[size] { width: 6.5rem; min-height: 2rem; padding: .15rem .5rem; }
input[type=checkbox] { accent-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
button, .button {
  display: inline-block;
  padding: .3rem .85rem;
  font: inherit;
  font-size: .92rem;
  color: var(--accent);
  background: var(--sheet);
  border: 1px solid var(--line);
  border-radius: .5rem;
  text-decoration: none;
  cursor: pointer;
  white-space: nowrap;
}
button:hover, .button:hover { border-color: var(--accent); }
.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 600; padding: .45rem 1.2rem; }
.quiet { background: none; border-color: transparent; color: var(--soft); }
.actions { display: flex; flex-wrap: wrap; gap: .4rem .6rem; align-items: center; }
.limits > .actions { margin-top: .8rem; }
.setting {
  display: grid;
  grid-template-columns: 1fr auto;
  gap: .5rem 1rem;
  align-items: start;
  padding: .7rem 0;
  border-top: 1px solid var(--line);
}
.setting:first-of-type { border-top: 0; padding-top: 0; }
.setting label > span { display: block; margin-bottom: .15rem; }
.setting input:not([type=hidden]) { max-width: 26rem; }
.setting .actions { margin-top: 1.75rem; }
.enter { margin-top: 1.2rem; }
@media (max-width: 46rem) {
  .brand { flex: 1; }
  .bar { gap: .3rem; }
  nav { margin-left: -.65rem; order: 3; width: calc(100% + 1.3rem); }
  nav a { padding: .3rem .55rem; }
  .leave { margin: 0 -.8rem 0 auto; }
  section { padding: .9rem; }
  table, tbody, tr, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { border-top: 1px solid var(--line); padding: .6rem 0; }
  tbody tr:first-child { border-top: 0; padding-top: 0; }
  td { border: 0; padding: .12rem 0; display: grid; grid-template-columns: 7.5rem 1fr; gap: .1rem .6rem; align-items: start; }
  td::before { content: attr(data-label); color: var(--soft); font-size: .82rem; padding-top: .1rem; }
  td:empty, td[data-label=""]:empty { display: none; }
  td small, td > * { grid-column: 2; }
  .figures tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: .3rem .6rem; }
  .figures td { display: block; }
  .figures td::before { display: block; }
  .figures td:first-child { grid-column: 1 / -1; }
  .figures td:first-child::before { display: none; }
  .figures td:nth-child(2) { grid-column: span 2; }
  .figures td:empty { display: none; }
  .figures td:nth-child(3):empty { display: block; }
  .setting { grid-template-columns: 1fr; }
  .setting .actions { margin-top: 0; }
}
@media (prefers-reduced-motion: no-preference) {
  a, button, .button, .tile { transition: border-color .12s, background-color .12s; }
}
`;
