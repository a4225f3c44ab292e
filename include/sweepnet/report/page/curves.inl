// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Learning curves: one line a run, grey where a rule stopped it, with the epochs at which it did.

inline constexpr std::string_view script_curves = R"page(
// The points of all runs' curves of one metric, one after the other: those of `run` are from
// first[run] to first[run + 1]. As many as there are, they are gathered only when they are shown.
function gatherCurves(metric) {
  const first = new Uint32Array(runCount + 1);
  const curves = Array.from({length: runCount}, (_, run) => {
    const at = sweeps[runs.sweep[run]].curves?.metrics.indexOf(metric) ?? -1;
    const curve = at < 0 ? null : curveOf(run);
    return curve?.values[at] ? {epochs: curve.epochs, values: curve.values[at]} : {values: []};
  });
  curves.forEach(({values}, run) => { first[run + 1] = first[run] + values.length; });
  const epochs = new Float64Array(first[runCount]);
  const values = new Float64Array(first[runCount]);
  curves.forEach((curve, run) => {
    curve.values.forEach((value, i) => {
      epochs[first[run] + i] = curve.epochs ? curve.epochs[i] : i + 1;
      values[first[run] + i] = value ?? NaN;
    });
  });
  return {metric, first, epochs, values};
}

// Losses are to be small, all else is to be large.
const curveGoal = (metric) => metric === sweeps[0].metric.name ? goal
  : /loss|error|mse|mae/.test(metric) ? "minimize" : "maximize";

function startCurves() {
  const section = byId("curves");
  const metrics = [...new Set(sweeps.flatMap((sweep) => sweep.curves?.metrics ?? []))];
  if (metrics.length === 0 || !sweeps.some((sweep) => sweep.curves.runs.some((curve) => curve))) return section.remove();
  const chooser = element("select", {"aria-label": "Metric", onchange: show},
    ...metrics.map((metric) => option(metric, tidy(metric), metric === sweeps[0].metric.name)));
  const logY = element("input", {type: "checkbox", onchange: show});
  const logX = element("input", {type: "checkbox", onchange: show});
  section.querySelector("header").append(element("div", {class: "controls"},
    chooser, element("label", {}, logY, " log value"), element("label", {}, logX, " log epochs")));
  const anyStopped = runs.state.some((state) => state === stoppedState);
  section.append(element("p", {class: "hint"}, "Drag a box over curves to select those that pass through it; with the keyboard arrows go along and between curves, Enter picks, Space begins and ends a box."
    + (anyStopped ? " Runs that a rule stopped are grey; dotted lines mark the epochs at which it did." : "")));

  let curves = null;
  let xs = null;
  let ys = null;
  const isStopped = (run) => runs.state[run] === stoppedState;
  const paint = (run) => isStopped(run) && !comparing ? paints.stopped : paintOf[run];
  let queue = null;
  const draw = (run, colour, width) => {
    const [from, to] = [curves.first[run], curves.first[run + 1]];
    if (to - from > 1) frame.surface.line(xs, ys, from, to, colour, width, comparing && runs.sweep[run] === 1);
    else if (to > from) frame.surface.line([xs[from] - 2, xs[from] + 2], [ys[from], ys[from]], 0, 2, colour, 3);
  };
  const frame = new Frame(section, {
    key: "curves", x: ordinalColumn, y: valueColumn, brush: "xy", height: 340, many: runCount > 60,
    label: `Learning curves of ${several(runCount, "run")}; the table below tells the last values`,
    placed: () => {
      xs = Float32Array.from(curves.epochs, (epoch) => frame.left(frame.x.scale.at(epoch)));
      ys = Float32Array.from(curves.values, (value) => frame.top(frame.y.scale.at(value)));
      frame.extras.replaceChildren(...bandMarks());
    },
    paint: (_, surface, fresh) => {
      queue ??= new LineQueue(surface, draw, paint);
      return queue.advance(fresh);
    },
    nearest: (_, x, y) => {
      let best = -1;
      let least = reach * reach;
      for (let run = 0; run < runCount; ++run) {
        const [from, to] = [curves.first[run], curves.first[run + 1]];
        if (to === from || x < xs[from] - reach || x > xs[to - 1] + reach) continue;
        let i = from;  // the segment over x: curves run from left to right
        for (let end = to - 1; end - i > 1;) {
          const middle = (i + end) >> 1;
          if (xs[middle] <= x) i = middle;
          else end = middle;
        }
        const distance = segmentDistance(x, y, i, Math.min(i + 1, to - 1)) + (lit[run] ? 0 : 60);
        if (distance < least) [best, least] = [run, distance];
      }
      return best;
    },
    tell: (_, run, {x}) => {
      const [from, to] = [curves.first[run], curves.first[run + 1]];
      let near = from;
      for (let i = from; i < to; ++i) if (Math.abs(xs[i] - x) < Math.abs(xs[near] - x)) near = i;
      const lines = describeRun(run);
      lines.splice(1, 0, `epoch ${curves.epochs[near]}: ${tidy(curves.metric)} ${formatNumber(curves.values[near], 5)}`);
      if (detailOf(run)) lines.splice(2, 0, tidy(detailOf(run), 160));
      return lines;
    },
    move: moveCursor,
    markOf: (_, run) => {
      let path = "";
      for (let i = curves.first[run]; i < curves.first[run + 1]; ++i) {
        if (!Number.isNaN(ys[i])) path += `${path === "" ? "M" : "L"}${xs[i].toFixed(1)},${ys[i].toFixed(1)}`;
      }
      return path === "" ? [] : [shape("path", {class: "halo", d: path}), shape("path", {class: "trace", d: path})];
    },
    onBrush: (_, [x0, x1], [y0, y1]) => {
      const box = [frame.left(x0), frame.left(x1), frame.top(y1), frame.top(y0)];
      constrain("curves", {
        text: `curves through epochs ${formatNumber(frame.x.scale.back(x0), 3)} to ${formatNumber(frame.x.scale.back(x1), 3)}, `
          + `${tidy(curves.metric, 30)} ${formatNumber(frame.y.scale.back(y0), 3)} to ${formatNumber(frame.y.scale.back(y1), 3)}`,
        xs: [x0, x1], ys: [y0, y1], admits: (run) => passesThrough(run, box),
      });
    },
  });
  section.append(tableInstead("Last values as a table, of the runs that are selected (100 at most)", () => [
    ["run", "state", "epoch", tidy(curves.metric)],
    ...[...worstFirst].reverse().filter((run) => lit[run] && curves.first[run + 1] > curves.first[run]).slice(0, 100).map((run) => {
      const last = curves.first[run + 1] - 1;
      return [runName(run), stateNames[runs.state[run]], String(curves.epochs[last]), formatNumber(curves.values[last], 5)];
    })]));
  relayers.push(show);
  show();

  // Left and right along a curve, up and down to the curve whose value at this epoch is the next one.
  function moveCursor(_, place, key) {
    const pointAt = (run, epoch) => {  // of the run's epochs the one that is nearest
      let near = curves.first[run];
      for (let i = near; i < curves.first[run + 1]; ++i) {
        if (Math.abs(curves.epochs[i] - epoch) < Math.abs(curves.epochs[near] - epoch)) near = i;
      }
      return near;
    };
    const placeOf = (run, at) => ({run, at, epoch: curves.epochs[at], x: xs[at], y: ys[at]});
    const usable = (run) => curves.first[run + 1] > curves.first[run];
    if (!place) {
      const best = [...worstFirst].reverse().find((run) => lit[run] && usable(run));
      return best === undefined ? null : placeOf(best, pointAt(best, runs.bestEpoch[best]));
    }
    const [from, to] = [curves.first[place.run], curves.first[place.run + 1]];
    if (place.at < from || place.at >= to) return moveCursor(_, null, key);  // another metric is shown
    if (key === "Home") return placeOf(place.run, from);
    if (key === "End") return placeOf(place.run, to - 1);
    if (key === "ArrowLeft") return placeOf(place.run, Math.max(from, place.at - 1));
    if (key === "ArrowRight") return placeOf(place.run, Math.min(to - 1, place.at + 1));
    const points = new Map();
    for (let run = 0; run < runCount; ++run) {
      if (!usable(run) || !(lit[run] || run === place.run)) continue;
      const at = run === place.run ? place.at : pointAt(run, place.epoch);
      if (curves.epochs[at] === place.epoch && !Number.isNaN(ys[at])) points.set(run, at);
    }
    const run = nextAlong([...points.keys()], place.run, key, (each) => -ys[points.get(each)]);
    return run < 0 ? null : placeOf(run, points.get(run));
  }

  function segmentDistance(x, y, i, j) {
    if (Number.isNaN(ys[i])) return Infinity;
    const [dx, dy] = [xs[j] - xs[i], ys[j] - ys[i]];
    const share = Math.min(1, Math.max(0, ((x - xs[i]) * dx + (y - ys[i]) * dy) / (dx * dx + dy * dy || 1)));
    return (x - xs[i] - share * dx) ** 2 + (y - ys[i] - share * dy) ** 2;
  }

  // Whether the curve enters the box between two of its points, or at one.
  function passesThrough(run, [left, right, top, bottom]) {
    const [from, to] = [curves.first[run], curves.first[run + 1]];
    for (let i = from; i < to; ++i) {
      const j = Math.min(i + 1, to - 1);
      if (xs[j] < left || xs[i] > right || Number.isNaN(ys[i] + ys[j])) continue;
      const heightAt = (x) => xs[j] === xs[i] ? ys[i] : ys[i] + (x - xs[i]) / (xs[j] - xs[i]) * (ys[j] - ys[i]);
      const a = heightAt(Math.max(left, xs[i]));
      const b = heightAt(Math.min(right, xs[j]));
      if (Math.max(a, b) >= top && Math.min(a, b) <= bottom) return true;
    }
    return false;
  }

  function bandMarks() {
    const bands = new Map();
    for (let run = 0; run < runCount; ++run) {
      if (isStopped(run) && Number.isFinite(runs.band[run])) bands.set(runs.band[run], (bands.get(runs.band[run]) ?? 0) + 1);
    }
    let end = -Infinity;
    return [...bands].sort(([a], [b]) => a - b).slice(0, 40).flatMap(([epoch, stopped]) => {
      const x = frame.left(frame.x.scale.at(epoch));
      const text = `${formatCount(stopped)} stopped at ${epoch}`;
      const fits = x > end + 6;
      if (fits) end = x + text.length * charWidth;
      const atEdge = x + text.length * charWidth > frame.width;
      return [shape("line", {class: "band", x1: x, x2: x, y1: frame.top(0), y2: frame.top(1) - 2}),
        fits ? shape("text", {x: atEdge ? x - 4 : x + 4, y: frame.top(1) + 6, "text-anchor": atEdge ? "end" : "start"}, text) : null]
        .filter((part) => part);
    });
  }

  // Of the better half of the runs, all that they went through.
  function shownValues() {
    if (!betterHalf) return curves.values;
    return Float64Array.from([...worstFirst.subarray(runCount >> 1)]
      .flatMap((run) => [...curves.values.subarray(curves.first[run], curves.first[run + 1])]));
  }

  function show() {
    constrain("curves", null);
    const metric = chooser.value;
    if (curves?.metric !== metric) curves = gatherCurves(metric);
    const [low, high] = shownRange(shownValues(), curveGoal(metric));
    const smallest = curves.values.reduce((least, x) => x > 0 && x < least ? x : least, Infinity);
    const name = tidy(metric) + (logY.checked ? " (log)" : "");
    const y = logY.checked && Number.isFinite(smallest) ? numberScale(smallest, Math.max(smallest, high), {log: true}) : numberScale(low, high);
    const last = Math.max(2, mostOf(curves.epochs));
    frame.change({y: {name, scale: y}, x: {name: "epoch", scale: numberScale(1, last, {log: logX.checked, whole: true})}});
  }
}
)page";
