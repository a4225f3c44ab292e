// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The best so far, over the runs that ended and over the epochs that they took.

inline constexpr std::string_view script_progress = R"page(
// The step line of each sweep's best in the order of its runs.
function bestLines(frame, along) {
  return endedOrder.map(({order}, s) => {
    let best = NaN;
    let path = "";
    for (const run of order) {
      const value = runs.value[run];
      const x = frame.left(along.scale.at(along.values[run])).toFixed(1);
      if (Number.isNaN(best) || better(value, best)) {
        best = value;
        const y = frame.top(frame.y.scale.at(best)).toFixed(1);
        path += path === "" ? `M${x},${y}` : `H${x}V${y}`;
      }
    }
    if (path !== "") path += `H${frame.left(along.scale.at(along.values[order.at(-1)])).toFixed(1)}`;
    return shape("path", {class: comparing ? ["step first", "step second"][s] : "step", d: path});
  });
}

function improvements() {
  const rows = [[...(comparing ? ["sweep"] : []), "runs ended", "epochs spent", "run", metricName]];
  endedOrder.forEach(({order}, s) => {
    let best = NaN;
    for (const run of order) {
      if (!Number.isNaN(best) && !better(runs.value[run], best)) continue;
      best = runs.value[run];
      rows.push([...(comparing ? [sweepNames[s]] : []), String(ordinals[run]), String(spentEpochs[run]),
        String(runs.index[run]), formatValue(best)]);
    }
  });
  return rows;
}

function startProgress() {
  const section = byId("progress");
  if (endedOrder.every(({order}) => order.length === 0)) return section.remove();
  const grid = section.appendChild(element("div", {class: "plots two"}));
  const inOrder = endedOrder.every(({timed}) => timed) ? "in the order in which they ended" : "in the order of their indices";
  for (const [along, caption] of [[ordinalColumn, `Over runs, ${inOrder}`], [spentColumn, "Over epochs spent"]]) {
    new Frame(grid, {
      ...dots, x: along, y: valueColumn, brush: "xy", caption, height: 230,
      label: `Best ${metricName} so far over ${along.name}; the table below tells each improvement`,
      placed: (frame) => {
        frame.place();
        frame.extras.replaceChildren(...bestLines(frame, along));
      },
    });
  }
  const controls = section.querySelector("header").appendChild(element("div", {class: "controls"}));
  const scores = startDistribution(grid, controls);
  section.append(tableInstead("Improvements as a table", improvements), tableInstead("Scores as a table", scores));
}
)page";
