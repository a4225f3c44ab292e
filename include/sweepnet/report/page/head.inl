// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What was swept, and how far it is.

inline constexpr std::string_view script_head = R"page(
const endedStates = ["done", "stopped", "budget", "failed"];

function sweepFacts(sweep) {
  const facts = [
    ["file", sweep.name === fileOf(sweep) ? null : sweep.name],
    ["method", sweep.method],
    ["seed", sweep.seed === null || sweep.seed === undefined ? null : String(sweep.seed)],
    ["repeats", sweep.repeats > 1 ? String(sweep.repeats) : null],
    ["metric", `${sweep.metric.name}, ${sweep.metric.goal}d`],
    ["data", sweep.data],
    ["digest", sweep.data_digest],
    ["output", sweep.output],
    ["sweepnet", report.version],
  ];
  return element("dl", {class: "facts"},
    ...facts.filter(([, value]) => value).map(([name, value]) => pair(name, tidy(value))));
}

function bestOf(s) {
  for (let at = runCount - 1; at >= 0; --at) {
    const run = worstFirst[at];
    if (runs.sweep[run] === s && Number.isFinite(runs.value[run])) return run;
  }
  return -1;
}

function sweepTotals(sweep, s) {
  const {totals} = sweep;
  const states = stateNames.filter((state) => totals[state] > 0);
  const ended = endedStates.reduce((sum, state) => sum + (totals[state] ?? 0), 0);
  const best = bestOf(s);
  const big = element("dl", {class: "big"},
    pair(`best ${tidy(sweep.metric.name, 40)}${best < 0 ? "" : `, run ${runs.index[best]}`}`,
      best < 0 ? "–" : formatValue(runs.value[best])),
    pair("runs ended", ended === totals.runs ? formatCount(ended) : `${formatCount(ended)} of ${formatCount(totals.runs)}`),
    pair("epochs", formatCount(totals.epochs)),
    pair("training time", formatSeconds(totals.seconds)));
  const strip = element("div", {class: "states", "aria-hidden": "true"}, ...states.map((state) => {
    const part = element("i");
    part.style.cssText = `flex: ${totals[state]}; background: var(--${state})`;
    return part;
  }));
  const key = element("ul", {class: "key", "aria-label": "Runs by state"}, ...states.map((state) =>
    element("li", {}, swatch("--" + state), `${formatCount(totals[state])} ${state}`)));
  return [big, strip, key];
}

function sweepNotes(sweep) {
  if (!sweep.notes_in_all) return null;
  const more = sweep.notes_in_all - sweep.notes.length;
  return element("details", {class: "notes"},
    element("summary", {}, `${several(sweep.notes_in_all, "note")} on files that were left out or read with care`),
    element("ul", {}, ...sweep.notes.map((note) => element("li", {}, tidy(note, 300))),
      more > 0 ? element("li", {}, `and ${formatCount(more)} more`) : null));
}

// Parameters that are the same in all runs would be flat lines in every plot.
function sameInAllRuns() {
  const told = sameParameters.filter((each) => runCount > 0 && !Number.isNaN(each.values[0]));
  if (told.length === 0) return null;
  const list = element("p", {}, told.map((each) => `${each.name} = ${each.text(0)}`).join(" · "));
  if (told.length < 7) return element("p", {class: "notes"}, element("span", {class: "soft"}, "The same in all runs: "), ...list.childNodes);
  return element("details", {class: "notes"},
    element("summary", {}, `${told.length} parameters are the same in all runs`), list);
}

function startHead() {
  const head = byId("head");
  document.title = `${sweeps.map((sweep) => tidy(fileOf(sweep), 60)).join(" and ")} · sweepnet`;
  sweeps.forEach((sweep, s) => {
    const title = element("h1", {}, comparing ? swatch(s === 0 ? "--first" : "--second", s === 1) : null, sweepNames[s]);
    const same = s === 0 ? sameInAllRuns() : null;
    if (comparing) head.append(element("div", {}, title, sweepFacts(sweep), ...sweepTotals(sweep, s), sweepNotes(sweep) ?? "", same ?? ""));
    else head.append(element("div", {}, title, sweepFacts(sweep), same), element("div", {}, ...sweepTotals(sweep, s), sweepNotes(sweep)));
  });
}
)page";
