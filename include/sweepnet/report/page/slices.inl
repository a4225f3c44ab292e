// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// A plot of the metric over each parameter, the most important first.

inline constexpr std::string_view script_slices = R"page(
// Of one sweep the report says which parameters matter most; else they stay in the order of the file.
const importances = comparing ? null : sweeps[0].importance;
const byImportance = (() => {
  const rank = new Map((importances ?? []).map(({parameter}, i) => [sweeps[0].parameters[parameter].name, i]));
  const place = (each) => rank.get(each.raw) ?? rank.size;
  return [...parameters].sort((a, b) => place(a) - place(b) || a.parameter - b.parameter);
})();

// Mean and best of the metric in each choice, or in each sixth of a parameter's range.
function sliceRows(of) {
  const slots = of.labels ? of.labels.length : 6;
  const sums = Array.from({length: slots}, () => ({runs: 0, sum: 0, best: NaN}));
  for (let run = 0; run < runCount; ++run) {
    const value = runs.value[run];
    const x = of.values[run];
    if (Number.isNaN(x) || !Number.isFinite(value)) continue;
    const slot = sums[of.labels ? x : Math.max(0, Math.min(slots - 1, Math.floor(of.scale.at(x) * slots)))];
    slot.runs += 1;
    slot.sum += value;
    if (Number.isNaN(slot.best) || better(value, slot.best)) slot.best = value;
  }
  return sums.map((slot, i) => [
    of.labels ? of.labels[i] : `${formatNumber(of.scale.back(i / slots), 3)} to ${formatNumber(of.scale.back((i + 1) / slots), 3)}`,
    String(slot.runs), slot.runs ? formatValue(slot.sum / slot.runs) : "–", formatValue(slot.best)]);
}

function startSlices() {
  const section = byId("slices");
  if (parameters.length === 0 || !runs.value.some(Number.isFinite)) return section.remove();
  section.append(element("p", {class: "hint"}, "Drag to narrow the selection to a range or a box; click a dot to pick its run, and another with Shift to add it."));
  const grid = section.appendChild(element("div", {class: "plots"}));
  for (const of of byImportance) {
    new Frame(grid, {...dots, x: of, y: valueColumn, brush: "xy", height: 190,
      label: `${metricName} over ${of.name}; the table below tells means`});
  }
  section.append(tableInstead("Means as a table", () => [["parameter", "value", "runs", `mean ${metricName}`, "best"],
    ...byImportance.flatMap((of) => sliceRows(of).map((row) => [of.name, ...row]))]));
}
)page";
