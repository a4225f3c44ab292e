// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// How tables and plots look.

inline constexpr std::string_view style_plots = R"page(
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.93rem; }
th, td { padding: 0.22rem 0.6rem; text-align: left; border-bottom: 1px solid var(--rule); white-space: nowrap; }
td.text { max-width: 24rem; overflow: hidden; text-overflow: ellipsis; }
th { font-weight: 600; color: var(--soft); vertical-align: bottom; }
.number { text-align: right; }
#runs { width: 100%; }
#runs .command-column { position: sticky; right: 0; background: var(--card); }
#runs tbody tr.hovered .command-column, #runs tbody tr:hover .command-column { background: var(--rule); }
#runs tbody tr.picked .command-column { background: var(--tint); }
#runs thead th { padding: 0; border-bottom: 1px solid var(--line); }
#runs thead button {
  display: flex; gap: 0.3em; width: 100%; max-width: 16rem; padding: 0.25rem 0.6rem; border: 0; background: none;
  font-weight: 600; color: var(--soft); text-align: left; white-space: nowrap; border-radius: 4px;
}
#runs thead button span { overflow: hidden; text-overflow: ellipsis; }
#runs thead .number button { justify-content: flex-end; margin-left: auto; }
#runs thead button:hover { color: var(--accent); }
#runs [aria-sort] button { color: var(--ink); }
#runs [aria-sort="ascending"] button::after { content: "↑"; }
#runs [aria-sort="descending"] button::after { content: "↓"; }
#runs tbody tr { cursor: pointer; }
#runs tbody tr.hovered, #runs tbody tr:hover { background: var(--rule); }
#runs tbody tr.picked { background: var(--tint); box-shadow: inset 3px 0 var(--accent); }
#runs tbody tr:focus-visible { outline-offset: -2px; }
#runs tbody button { min-height: 1.5rem; padding: 0 0.45rem; font-size: 0.88rem; }
.controls { display: flex; flex-wrap: wrap; gap: 0.35rem 0.8rem; align-items: center; }
.controls input[type="search"] { width: 19rem; }
.pager { display: flex; flex-wrap: wrap; gap: 0.4rem; align-items: center; margin-top: 0.6rem; }
.pager > span { margin-right: auto; }
.run { margin-top: 0.7rem; padding: 0.6rem 0.8rem; border-left: 3px solid var(--accent); background: var(--paper); border-radius: 0 6px 6px 0; }
.run dl { display: flex; flex-wrap: wrap; gap: 0.1rem 1.3rem; margin: 0.3rem 0; }
.run dl div { display: flex; gap: 0.4rem; }
.run dt { color: var(--soft); }
.run dd, .run p { overflow-wrap: anywhere; }
.command { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
.command code { padding: 0.25rem 0.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 4px; overflow-wrap: anywhere; user-select: all; }

.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17.5rem), 1fr)); gap: 0.9rem 1.2rem; }
.plots.two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
.plot { min-width: 0; }
.plot figcaption { color: var(--soft); font-size: 0.88rem; overflow-wrap: anywhere; }
.stage { position: relative; }
.stage:focus-visible { outline-offset: 4px; }
.stage canvas, .stage svg { display: block; width: 100%; height: auto; }
.stage canvas { position: absolute; inset: 0; height: 100%; }
.stage svg { position: relative; touch-action: pan-y; }
.stage.brushed svg { cursor: crosshair; }
svg text { fill: var(--soft); font-size: 11px; }
svg .axis-name { fill: var(--ink); font-weight: 600; }
svg .over { paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
svg .edge { stroke: var(--grey); }
svg .step { fill: none; stroke: var(--ink); stroke-width: 1.75; stroke-linejoin: round; }
svg .step.first { stroke: var(--first); }
svg .step.second { stroke: var(--second); }
svg .band { stroke: var(--soft); stroke-dasharray: 2 3; }
svg .brush { fill: var(--accent); fill-opacity: 0.14; stroke: var(--accent); pointer-events: none; }
svg .hover { pointer-events: none; fill: none; stroke: var(--ink); stroke-width: 2; }
svg .trace { pointer-events: none; fill: none; stroke: var(--ink); stroke-width: 2.25; }
svg .halo { pointer-events: none; fill: none; stroke: var(--card); stroke-width: 5; }
.handle { cursor: ns-resize; fill: var(--card); stroke: var(--accent); stroke-width: 1.5; opacity: 0; }
.handle:focus-visible, .axis:hover .handle { opacity: 1; }
.choice { cursor: pointer; }
.choice text { fill: var(--ink); }
.choice rect { fill: var(--card); fill-opacity: 0.8; }
.choice[aria-pressed="true"] rect { fill: var(--tint); stroke: var(--accent); fill-opacity: 1; }
#tip {
  position: fixed; z-index: 10; left: 0; top: 0; max-width: min(24rem, 80vw); padding: 0.35rem 0.6rem; pointer-events: none;
  background: var(--ink); color: var(--card); border-radius: 5px; font-size: 0.86rem; overflow-wrap: anywhere;
}
#tip b { display: block; }
.ramp { display: flex; flex-wrap: wrap; align-items: center; gap: 0.1rem 0.5rem; font-size: 0.86rem; color: var(--soft); }
.ramp button { min-height: 1.6rem; padding: 0 0.5rem; margin-left: 0.3rem; color: var(--ink); }
.ramp canvas { width: 7rem; height: 0.6rem; border-radius: 2px; }
.key .dash { width: 22px; height: 10px; margin-right: 0.4em; }
.bar { display: block; width: 100%; min-width: 5rem; max-width: 22rem; height: 1.1rem; }
.bar .amount { fill: var(--first); fill-opacity: 0.75; }
.bar .minus { fill: var(--second); fill-opacity: 0.75; }
.bar line { stroke: var(--ink); }
.importance { width: 100%; }
.importance td:nth-child(2), .importance td:nth-child(4) { width: 30%; }
.importance th, .importance td { padding-left: 0; }
.model { display: grid; grid-template-columns: minmax(0, 34rem) minmax(0, 1fr); gap: 1rem 2.2rem; align-items: start; }
.confusion td, .confusion tbody th { padding: 0.15rem 0.45rem; text-align: right; }
.confusion thead th { padding: 0.15rem 0.45rem; text-align: right; }
.confusion td { border: 1px solid var(--card); min-width: 2.4rem; }
.confusion td.nought { color: var(--grey); }
.confusion caption, .importance caption { text-align: left; color: var(--soft); padding-bottom: 0.3rem; }
.confusion { min-width: 15rem; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.2rem, 1fr)); gap: 0.7rem; }
.mistakes img { width: 4.4rem; height: 4.4rem; image-rendering: pixelated; border: 1px solid var(--line); background: #000; object-fit: contain; }
.mistakes figcaption { font-size: 0.84rem; line-height: 1.3; overflow-wrap: anywhere; }
.stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.mistakes span { display: block; }
.rightness { color: var(--soft); margin: -0.2rem 0 0.6rem; }
.model + .rightness { margin-top: 1.6rem; }
@media (max-width: 900px) {
  .model { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 700px) {
  .controls input[type="search"] { width: 100%; }
  .importance td:nth-child(3), .importance th:nth-child(3) { display: none; }
  .importance .bar { min-width: 3.4rem; }
  #runs .command-column { position: relative; }
}
@media (prefers-reduced-motion: no-preference) {
  html { scroll-behavior: smooth; }
}
)page";
