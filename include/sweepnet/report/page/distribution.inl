// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Which share of the runs is no further than a value: of all runs, of each sweep, or of each choice
// of a parameter.

inline constexpr std::string_view script_distribution = R"page(
const groupColours = ["first", "second", "done", "damaged", "budget", "failed"];
const groupDashes = ["", "7 3", "2 3", "9 3 2 3", "4 2", "1 2"];

// Runs with a value, from the least to the greatest, by group; a group is {name, order}.
function groupsBy(of) {
  const order = Array.from({length: runCount}, (_, run) => run).filter((run) => Number.isFinite(runs.value[run]))
    .sort((a, b) => runs.value[a] - runs.value[b] || a - b);
  const names = of ? of.labels : comparing ? sweepNames : ["all runs"];
  const groupOf = (run) => of ? of.values[run] : comparing ? runs.sweep[run] : 0;
  return names.map((name, group) => ({name, order: order.filter((run) => groupOf(run) === group)}))
    .filter((group) => group.order.length > 0);
}

function startDistribution(grid, controls) {
  const chosen = comparing ? [] : parameters.filter(({labels}) => labels && labels.length <= groupColours.length);
  const chooser = element("select", {"aria-label": "Scores by", onchange: show}, option("", "scores of all runs", true),
    ...chosen.map((each) => option(each.key, "scores by " + each.short)));
  if (chosen.length > 0) controls.append(chooser);
  const shares = new Float64Array(runCount);
  const share = {name: "share of runs", scale: numberScale(0, 1), values: shares};
  const key = element("ul", {class: "key", "aria-label": "Lines"});
  let groups = [];
  const colourOf = (i) => groups.length === 1 ? "--ink" : "--" + groupColours[i];
  const frame = new Frame(grid, {
    ...dots, x: valueColumn, y: share, brush: "x", height: 230, size: runCount > 300 ? 1.6 : 2.4,
    caption: `Share of runs whose ${metricName} is no greater`,
    label: `Share of runs up to a ${metricName}; the table below tells the tenth, the middle and the ninetieth of a hundred`,
    placed: () => {
      frame.place();
      frame.extras.replaceChildren(...groups.map(({order}, i) => {
        let path = `M${frame.left(0).toFixed(1)},${frame.top(0).toFixed(1)}`;
        for (const run of order) path += `H${frame.xs[run].toFixed(1)}V${frame.ys[run].toFixed(1)}`;
        const line = shape("path", {class: "step", d: `${path}H${frame.left(1).toFixed(1)}`, "stroke-dasharray": groupDashes[i]});
        line.style.stroke = `var(${colourOf(i)})`;
        return line;
      }));
    },
  });
  frame.figure.append(key);
  show();
  return () => [["runs", "number", "10%", "50%", "90%"], ...[null, ...chosen].flatMap((of) => groupsBy(of).map(({name, order}) => {
    const values = order.map((run) => runs.value[run]);
    return [of ? `${of.short}: ${name}` : name, String(values.length), ...[0.1, 0.5, 0.9].map((part) => formatValue(quantile(values, part)))];
  }))];

  function show() {
    groups = groupsBy(chosen.find((each) => each.key === chooser.value));
    shares.fill(NaN);
    for (const {order} of groups) order.forEach((run, i) => { shares[run] = (i + 1) / order.length; });
    key.replaceChildren(...(groups.length < 2 ? [] : groups.map(({name, order}, i) => {
      const line = shape("line", {x1: 0, x2: 22, y1: 5, y2: 5, "stroke-width": 2, "stroke-dasharray": groupDashes[i]});
      line.style.stroke = `var(${colourOf(i)})`;
      return element("li", {}, shape("svg", {class: "dash", viewBox: "0 0 22 10", "aria-hidden": "true"}, line), `${tidy(name, 40)} (${formatCount(order.length)})`);
    })));
    frame.change({y: share});
  }
}
)page";
