// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// How much each parameter matters to be among the best, with its uncertainty and its correlation.

inline constexpr std::string_view script_importance = R"page(
const importanceFloor = 20;

// A bar from 0 with the range of the bootstrap as a line.
function importanceBar({importance, low, high}, most) {
  const x = (share) => 2 + Math.max(0, share) / most * 196;
  const bar = shape("svg", {class: "bar", viewBox: "0 0 200 18", preserveAspectRatio: "none", "aria-hidden": "true"},
    shape("rect", {class: "amount", x: x(0), y: 4, width: Math.max(0.5, x(importance) - x(0)), height: 10}));
  if (low !== null && high !== null) {
    bar.append(shape("line", {x1: x(low), x2: x(high), y1: 9, y2: 9, "stroke-width": 1.5, "vector-effect": "non-scaling-stroke"}),
      ...[low, high].map((end) => shape("line", {x1: x(end), x2: x(end), y1: 5, y2: 13, "stroke-width": 1.5, "vector-effect": "non-scaling-stroke"})));
  }
  return bar;
}

// A bar to the left or to the right of 0, from -1 to 1.
function correlationBar(correlation) {
  const width = Math.abs(correlation) * 98;
  return shape("svg", {class: "bar", viewBox: "0 0 200 18", preserveAspectRatio: "none", "aria-hidden": "true"},
    shape("rect", {class: correlation < 0 ? "minus" : "amount", x: correlation < 0 ? 100 - width : 100, y: 4, width, height: 10}),
    shape("line", {x1: 100, x2: 100, y1: 2, y2: 16, "vector-effect": "non-scaling-stroke"}));
}

function importanceTable(sweep) {
  const most = sweep.importance.reduce((top, {importance, high}) => Math.max(top, importance, high ?? 0), 1e-12);
  return scroller("Importance", element("table", {class: "importance"},
    element("thead", {}, element("tr", {}, ...["parameter", "importance", "", "correlation"]
      .map((text, i) => element(text ? "th" : "td", {scope: text ? "col" : undefined, colspan: i === 3 ? 2 : undefined}, text)))),
    element("tbody", {}, ...sweep.importance.map((each) => element("tr", {},
      element("th", {scope: "row", title: tidy(sweep.parameters[each.parameter].name)},
        everyParameter.find(({raw}) => raw === sweep.parameters[each.parameter].name).short),
      element("td", {}, importanceBar(each, most)),
      element("td", {class: "number"}, `${each.importance.toFixed(2)} (${(each.low ?? NaN).toFixed(2)}–${(each.high ?? NaN).toFixed(2)})`),
      element("td", {}, each.correlation === null ? null : correlationBar(each.correlation)),
      element("td", {class: "number"}, each.correlation === null ? "–" : each.correlation.toFixed(2).replace("-", "−")))))));
}

function startImportance() {
  const section = byId("importance");
  if (runCount === 0 || parameters.length === 0) return section.remove();
  section.append(element("p", {class: "hint"},
    "PED-ANOVA: how much the best tenth of the runs differs from all of them in a parameter; lines hold 95% of bootstrap samples. The rank correlation with the metric sees one-way trends alone."));
  sweeps.forEach((sweep, s) => {
    if (comparing) section.append(element("h3", {}, sweepNames[s]));
    if (sweep.importance?.length) {
      const left = sweep.totals.stopped ?? 0;
      const which = left > 0 ? element("p", {class: "notes"}, `Of the runs that are done; the ${formatCount(left)} that a rule stopped do not count.`) : null;
      return section.append(importanceTable(sweep), ...(which ? [which] : []));
    }
    const inState = (name) => runs.state.reduce((sum, state, run) => sum + (runs.sweep[run] === s && stateNames[state] === name), 0);
    const [done, stopped] = [inState("done"), inState("stopped")];
    section.append(element("p", {}, done < importanceFloor
      ? `Importance needs ${importanceFloor} runs that are done: there ${done === 1 ? "is" : "are"} ${formatCount(done)}.`
        + (stopped > 0 ? ` The ${formatCount(stopped)} that a rule stopped do not count: they were trained for fewer epochs, and chosen by their values.` : "")
      : "The runs do not tell which parameter matters."));
  });
}
)page";
