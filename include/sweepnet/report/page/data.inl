// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What the report tells, as columns over the runs of all sweeps.

inline constexpr std::string_view script_data = R"page(
const report = JSON.parse(byId("report-data").textContent);
const sweeps = report.sweeps;
const comparing = sweeps.length > 1;
const goal = sweeps[0].metric.goal;
const better = goal === "minimize" ? (a, b) => a < b : (a, b) => a > b;
const metricName = tidy([...new Set(sweeps.map((sweep) => sweep.metric.name))].join(" / "));
// The file's name alone; where the file lies is told beside it.
const fileOf = ({name}) => name.replace(/\/+$/, "").split("/").at(-1) || name;
const sweepNames = sweeps.map((sweep, i) => tidy((comparing ? "AB"[i] + ": " : "") + fileOf(sweep)));
const stateNames = [...new Set(["done", "stopped", "budget", "interrupted", "failed", "damaged", "missing",
  ...sweeps.flatMap((sweep) => sweep.states)])];

const starts = [];
let runCount = 0;
for (const sweep of sweeps) {
  starts.push(runCount);
  runCount += sweep.runs.index.length;
}

// One typed array over all sweeps; what is null becomes NaN.
function gather(Kind, pick) {
  const all = new Kind(runCount);
  sweeps.forEach((sweep, s) => {
    const values = pick(sweep, s);
    for (let i = 0; i < values.length; ++i) all[starts[s] + i] = values[i] ?? NaN;
  });
  return all;
}

const runs = {
  sweep: gather(Uint8Array, (sweep, s) => sweep.runs.index.map(() => s)),
  index: gather(Float64Array, (sweep) => sweep.runs.index),
  state: gather(Uint8Array, (sweep) => sweep.runs.state.map((at) => stateNames.indexOf(sweep.states[at]))),
  value: gather(Float64Array, (sweep) => sweep.runs.value),
  bestEpoch: gather(Float64Array, (sweep) => sweep.runs.best_epoch),
  epochs: gather(Float64Array, (sweep) => sweep.runs.epochs),
  seconds: gather(Float64Array, (sweep) => sweep.runs.seconds),
  began: gather(Float64Array, (sweep) => sweep.runs.began),
  worker: gather(Float64Array, (sweep) => sweep.runs.worker),
  band: gather(Float64Array, (sweep) => sweep.runs.band),
  threshold: gather(Float64Array, (sweep) => sweep.runs.threshold),
};
const local = (run) => run - starts[runs.sweep[run]];
const detailOf = (run) => sweeps[runs.sweep[run]].runs.detail[local(run)] ?? "";
const curveOf = (run) => sweeps[runs.sweep[run]].curves?.runs[local(run)] ?? null;
const stoppedState = stateNames.indexOf("stopped");
const runName = (run) => (comparing ? "AB"[runs.sweep[run]] + " " : "") + "run " + runs.index[run];
// Empty where the report was not told from which file the runs came.
const commandOf = (run) => (sweeps[runs.sweep[run]].command ?? "").replaceAll("{index}", String(runs.index[run]));
const hasCommands = sweeps.some((sweep) => sweep.command);

// Parameters of one name in two sweeps are one column, of choices unless both are numbers.
function mergedParameter(name, position) {
  const parts = sweeps.map((sweep) => {
    const at = sweep.parameters.findIndex((parameter) => parameter.name === name);
    return at < 0 ? null : {...sweep.parameters[at], values: sweep.runs.values[at]};
  });
  const there = parts.filter((part) => part !== null);
  const options = {parameter: position, raw: name};
  if (there.every((part) => part.type !== "category")) {
    const values = gather(Float64Array, (_, s) => parts[s]?.values ?? []);
    sweeps.forEach((sweep, s) => {
      if (!parts[s]) values.fill(NaN, starts[s], starts[s] + sweep.runs.index.length);
    });
    let low = Infinity;
    let high = -Infinity;
    for (const x of values) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
    for (const part of there) {
      low = Math.min(low, part.low ?? low);
      high = Math.max(high, part.high ?? high);
    }
    const log = there.some((part) => part.log) && low > 0;
    if (low > high) [low, high] = [0, 1];
    return column("p" + position, tidy(name), values, {...options, low, high, log,
      whole: there.every((part) => part.type === "integer")});
  }
  const textOf = (part, x) => part.type === "category" ? part.choices[x] : String(x);
  const texts = new Map();
  const values = new Float64Array(runCount).fill(NaN);
  const place = (text) => {
    if (!texts.has(text)) texts.set(text, texts.size);
    return texts.get(text);
  };
  parts.forEach((part, s) => {
    part?.choices?.forEach(place);
    part?.values.forEach((x, i) => {
      if (x !== null) values[starts[s] + i] = place(textOf(part, x));
    });
  });
  const choices = [...texts.keys()];
  return column("p" + position, tidy(name), values,
    {...options, choices, labels: choices.map((text) => tidy(text, 60))});
}

const parameterNames = [...new Set(sweeps.flatMap((sweep) => sweep.parameters.map(({name}) => name)))];
const everyParameter = parameterNames.map(mergedParameter);
const differs = ({values}) => {
  for (let run = 1; run < runCount; ++run) if (!Object.is(values[run], values[0])) return true;
  return false;
};
// Where there is room for little: what follows the last dot, and one part more where that says nothing
// by itself or is another's, too.
const lastParts = (name, n) => name.split(".").slice(-n).join(".");
for (const each of everyParameter) {
  const last = lastParts(each.raw, 1);
  const alone = everyParameter.filter(({raw}) => lastParts(raw, 1) === last).length === 1;
  each.short = tidy(lastParts(each.raw, alone && !/^(name|type|kind)$/.test(last) ? 1 : 2), 40);
}
const parameters = everyParameter.filter(differs);
const sameParameters = everyParameter.filter((each) => !differs(each));

// Decimals that tell values of this size apart, the same in the whole column.
const valueDecimals = (() => {
  const sizes = runs.value.filter(Number.isFinite).map(Math.abs).sort();
  const usual = sizes.length > 0 ? quantile(sizes, 0.5) : 0;
  return usual > 0 ? Math.min(8, Math.max(0, 3 - Math.floor(Math.log10(usual)))) : 4;
})();
const formatValue = (x) => !Number.isFinite(x) ? "–"
  : Math.abs(x) >= 1e7 ? formatNumber(x) : x.toFixed(valueDecimals);

const [valueLow, valueHigh] = shownRange(runs.value, goal);
const valueColumn = column("value", metricName, runs.value, {low: valueLow, high: valueHigh, format: formatValue});

// Runs from the worst to the best, those without a value first: later ones are drawn above.
const worstFirst = (() => {
  const order = Uint32Array.from({length: runCount}, (_, run) => run);
  const rank = (run) => Number.isNaN(runs.value[run]) ? -Infinity : goal === "minimize" ? -runs.value[run] : runs.value[run];
  return order.sort((a, b) => rank(a) - rank(b) || b - a);
})();
const rankOf = new Uint32Array(runCount);
worstFirst.forEach((run, place) => { rankOf[run] = runCount - place; });

// In the order in which runs ended where all tell it, else by index; each sweep from 1.
const endedOrder = sweeps.map((sweep, s) => {
  const own = Array.from({length: sweep.runs.index.length}, (_, i) => starts[s] + i)
    .filter((run) => Number.isFinite(runs.value[run]));
  const end = (run) => runs.began[run] + runs.seconds[run];
  const timed = own.every((run) => Number.isFinite(end(run)));
  return {timed, order: own.sort((a, b) => (timed ? end(a) - end(b) : 0) || runs.index[a] - runs.index[b])};
});
const ordinals = new Float64Array(runCount).fill(NaN);
const spentEpochs = new Float64Array(runCount).fill(NaN);
for (const {order} of endedOrder) {
  let spent = 0;
  order.forEach((run, i) => {
    ordinals[run] = i + 1;
    spent += runs.epochs[run] || 0;
    spentEpochs[run] = spent;
  });
}
const mostOf = (values) => values.reduce((most, x) => x > most ? x : most, 1);
const ordinalColumn = column("ordinal", "runs", ordinals, {low: 1, high: Math.max(2, mostOf(ordinals)), whole: true});
const spentColumn = column("spent", "epochs spent", spentEpochs, {low: 0, high: mostOf(spentEpochs), whole: true});

// Repeats: run i is repeat i mod R of point floor(i / R).
const repeated = sweeps.some((sweep) => sweep.repeats > 1);
const points = new Map();
for (let run = 0; run < runCount; ++run) {
  const key = runs.sweep[run] + ":" + Math.floor(runs.index[run] / sweeps[runs.sweep[run]].repeats);
  if (!points.has(key)) points.set(key, []);
  points.get(key).push(run);
}
const pointOf = [];
for (const members of points.values()) {
  const values = members.map((run) => runs.value[run]).filter(Number.isFinite);
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  // Of a sample: divided by n - 1, and not told of one value.
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const point = {members, count: values.length, mean, deviation: Math.sqrt(squares / (values.length - 1))};
  point.best = members.reduce((best, run) => rankOf[run] < rankOf[best] ? run : best, members[0]);
  for (const run of members) pointOf[run] = point;
}

const describeRun = (run) => [
  `${runName(run)} · ${metricName} ${formatValue(runs.value[run])}`,
  [stateNames[runs.state[run]], several(runs.epochs[run] || 0, "epoch"), formatSeconds(runs.seconds[run])].join(" · "),
  ...parameters.slice(0, 12).filter((each) => !Number.isNaN(each.values[run]))
    .map((each) => `${each.short} = ${each.text(run)}`),
];
)page";
