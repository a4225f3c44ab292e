// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Colours, type and layout of the whole page. Each colour is a pair, for light and for dark paper.

inline constexpr std::string_view style = R"page(
:root {
  color-scheme: light dark;
  --paper: light-dark(#f6f7f8, #101418);
  --card: light-dark(#ffffff, #171c22);
  --ink: light-dark(#16202a, #e4e9ee);
  --soft: light-dark(#56626e, #9aa7b4);
  --line: light-dark(#dfe3e7, #2a323b);
  --rule: light-dark(#eceff2, #222932);
  --grey: light-dark(#c3c9d0, #3d4854);
  --accent: light-dark(#0b5cad, #6cb2f5);
  --tint: light-dark(#e6f0fa, #1c3045);
  --first: light-dark(#0067a8, #56b4e9);
  --second: light-dark(#c04a00, #f0964b);
  --done: light-dark(#1a7f5a, #4fc596);
  --stopped: light-dark(#8a949e, #7d8893);
  --budget: light-dark(#b58900, #dcb33c);
  --interrupted: light-dark(#0072b2, #56b4e9);
  --failed: light-dark(#b8391f, #ff8a6b);
  --damaged: light-dark(#8e3b78, #dd94c8);
  --missing: light-dark(#dfe3e7, #333d47);
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
html { scroll-padding-top: 4rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, dl, dd, ul, figure { margin: 0; padding: 0; }
h1 { font-size: 1.55rem; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.06rem; font-weight: 650; }
h3 { font-size: 0.93rem; font-weight: 600; overflow-wrap: anywhere; }
code, kbd { font: 0.88em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
kbd { padding: 0 0.3em; border: 1px solid var(--line); border-radius: 3px; color: var(--soft); }
a { color: var(--accent); }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -99em; }
.skip:focus { left: 1rem; top: 0.5rem; z-index: 9; padding: 0.3rem 0.6rem; background: var(--card); }
.soft { color: var(--soft); }

button, select, input {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 5px; padding: 0.2rem 0.55rem; min-height: 1.9rem; max-width: 100%;
}
button { cursor: pointer; white-space: nowrap; }
button:hover:enabled { border-color: var(--accent); }
button:disabled { color: var(--soft); cursor: default; }
button[aria-pressed="true"] { background: var(--tint); border-color: var(--accent); }
input[type="checkbox"] { min-height: 0; accent-color: var(--accent); vertical-align: -0.1em; }
label { white-space: nowrap; }

.page { max-width: 1560px; margin: 0 auto; padding: 1.1rem 1.25rem 3rem; }
main { display: grid; grid-template-columns: repeat(12, minmax(0, 1fr)); gap: 0.9rem; }
.card {
  grid-column: span 12; min-width: 0; padding: 0.85rem 1rem 1rem;
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
}
.card > header { display: flex; flex-wrap: wrap; gap: 0.35rem 0.9rem; align-items: center; margin-bottom: 0.6rem; }
.card > header h2 { margin-right: auto; }
.card > .hint { color: var(--soft); font-size: 0.88rem; margin: -0.35rem 0 0.6rem; }
@media (min-width: 1080px) {
  .half { grid-column: span 6; }
}

#head { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 0.9rem 2.5rem; margin-bottom: 0.9rem; }
#head .facts { display: flex; flex-wrap: wrap; gap: 0.15rem 1.4rem; margin-top: 0.45rem; }
#head .facts div { display: flex; gap: 0.4rem; min-width: 0; }
#head dt { color: var(--soft); white-space: nowrap; }
#head dd { overflow-wrap: anywhere; }
#head .big { display: flex; flex-wrap: wrap; gap: 0.2rem 2.2rem; margin: 0.7rem 0 0.55rem; }
#head .big dd { font-size: 1.5rem; font-weight: 600; line-height: 1.2; }
#head .big dt { font-size: 0.85rem; }
.states { display: flex; height: 0.6rem; gap: 1px; overflow: hidden; border-radius: 3px; background: var(--rule); }
.states i { min-width: 2px; }
.key { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; list-style: none; margin-top: 0.3rem; font-size: 0.9rem; }
.swatch { display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.4em; border-radius: 2px; }
.swatch.triangle { border-radius: 0; clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.notes { margin-top: 0.5rem; font-size: 0.9rem; overflow-wrap: anywhere; }
.notes ul { padding-left: 1.2rem; max-height: 14rem; overflow: auto; }
summary { cursor: pointer; color: var(--soft); width: fit-content; }

#bar {
  position: sticky; top: 0; z-index: 5; display: flex; gap: 0.3rem 0.8rem; align-items: center; min-height: 2.8rem;
  margin: 0 -1.25rem 0.9rem; padding: 0.4rem 1.25rem; background: var(--paper); border-bottom: 1px solid var(--line);
}
#bar nav { display: flex; gap: 0.9rem; white-space: nowrap; margin-right: auto; }
#bar .ramp { margin-left: auto; min-width: 0; }
#clear, #theme { flex: none; }
#bar.narrowed nav { display: none; }
#bar nav a { color: var(--soft); text-decoration: none; font-size: 0.9rem; }
#bar nav a:hover { color: var(--accent); }
#count { font-weight: 600; white-space: nowrap; }
#chips { display: flex; gap: 0.3rem; list-style: none; min-width: 0; overflow-x: auto; padding: 3px; }
#chips button { min-height: 1.6rem; padding: 0 0.5rem; background: var(--tint); font-size: 0.88rem; max-width: 22rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
@media (max-width: 1300px) {
  #bar .metric { display: none; }
  #bar nav { gap: 0.55rem; }
  #bar .ramp canvas { width: 5rem; }
}
@media (max-width: 700px) {
  html { scroll-padding-top: 6rem; }
  .page { padding: 0.7rem 0.7rem 2rem; }
  .card { padding: 0.7rem; }
  #bar { margin: 0 -0.7rem 0.7rem; padding: 0.35rem 0.7rem; }
  h1 { font-size: 1.25rem; }
  #bar { flex-wrap: wrap; }
  #bar nav, #bar.narrowed .ramp { display: none; }
  #theme { margin-left: auto; }
  #bar .ramp, #chips { order: 9; flex: 0 0 100%; height: 2.1rem; }
  #chips:empty { display: none; }
}

@media print {
  :root { color-scheme: light; }
  body { background: none; font-size: 10pt; }
  .page { max-width: none; padding: 0; }
  .skip, #bar nav, #bar button, .controls, .pager, td button, .command button, .hint, .handle, summary, details:not([open]) {
    display: none !important;
  }
  #bar { position: static; margin: 0; padding: 0; border: 0; min-height: 0; }
  main { display: block; }
  .card { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: 0.6rem 0; margin-bottom: 0.5rem; }
  .plot, .confusion, .mistakes figure, tr, #head { break-inside: avoid; }
  h2 { break-after: avoid; }
  .scroll { overflow: visible !important; min-height: 0 !important; }
  #runs { font-size: 7.5pt; }
  #runs th button { padding: 0.15rem 0.25rem; }
  #runs td { padding: 0.1rem 0.25rem; white-space: normal; overflow-wrap: anywhere; }
  #runs .command-column { display: none; }
  .stage { min-width: 0 !important; min-height: 0 !important; max-width: var(--drawn); }
}
)page";
