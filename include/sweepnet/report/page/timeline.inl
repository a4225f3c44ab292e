// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// When each run trained, by worker.

inline constexpr std::string_view script_timeline = R"page(
function startTimeline() {
  const section = byId("timeline");
  const timed = Array.from({length: runCount}, (_, run) => run)
    .filter((run) => Number.isFinite(runs.began[run]) && Number.isFinite(runs.seconds[run]));
  if (timed.length === 0) return section.remove();

  // Each sweep's workers have lanes of their own, and time counts from the sweep's first run.
  const lanes = new Map();
  const lane = new Float64Array(runCount).fill(NaN);
  const began = new Float64Array(runCount).fill(NaN);
  const firsts = sweeps.map((_, s) => timed.reduce((least, run) => runs.sweep[run] === s ? Math.min(least, runs.began[run]) : least, Infinity));
  const keys = [...new Set(timed.map((run) => runs.sweep[run] * 1e6 + (Number.isFinite(runs.worker[run]) ? runs.worker[run] : 999999)))]
    .sort((a, b) => a - b);
  keys.forEach((key, i) => lanes.set(key, keys.length - 1 - i));
  let end = 0;
  for (const run of timed) {
    lane[run] = lanes.get(runs.sweep[run] * 1e6 + (Number.isFinite(runs.worker[run]) ? runs.worker[run] : 999999));
    began[run] = runs.began[run] - firsts[runs.sweep[run]];
    end = Math.max(end, began[run] + runs.seconds[run]);
  }
  const [unit, per] = [["days", 86400], ["hours", 3600], ["minutes", 60], ["seconds", 1]].find(([, size]) => end >= 2.5 * size) ?? ["seconds", 1];
  const names = keys.map((key) => (comparing ? "AB"[Math.floor(key / 1e6)] + " " : "") + (key % 1e6 === 999999 ? "?" : key % 1e6)).reverse();
  const laneHeight = Math.max(3, Math.min(20, 420 / names.length));
  section.append(element("p", {class: "hint"}, `Bars are runs, from their begin to their end; drag to select those that trained in a span.${comparing ? " Time counts from each sweep's first run." : ""}`));
  const choices = choiceScale(names);
  const frame = new Frame(section, {
    key: "timeline", brush: "xy", height: 56 + Math.ceil(laneHeight * names.length), many: timed.length > 300, ruled: false,
    label: `${several(timed.length, "run")} over ${formatSeconds(end)} on ${several(names.length, "worker")}; the table below sums them up`,
    x: {name: `${unit} since the first run began`, scale: numberScale(0, end / per || 1)},
    y: {name: "worker", scale: {...choices, ticks: () => {
      const every = Math.ceil(13 / laneHeight);
      return choices.ticks().filter((_, i) => (names.length - 1 - i) % every === 0);
    }}},
    paint: (_, surface) => {
      const draw = (run, paint) => {
        const [left, right, top] = boxOf(run);
        const gap = laneHeight > 6 ? 1 : 0;
        surface.box(left, top + gap, Math.max(0.75, right - left - (right - left > 3 ? 1 : 0)), laneHeight - 2 * gap, paint);
      };
      for (const run of timed) if (!lit[run]) draw(run, paints.faint);
      for (const run of timed) if (lit[run]) draw(run, paintOf[run]);
    },
    nearest: (_, x, y) => timed.find((run) => {
      const [left, right, top] = boxOf(run);
      return x >= left - 1 && x <= Math.max(right, left + 2) && y >= top && y < top + laneHeight;
    }) ?? -1,
    // Left and right in the order of begins, up and down from worker to worker.
    move: (_, place, key) => {
      const middle = (run) => boxOf(run).slice(0, 2).reduce((sum, x) => sum + x / 2, 0);
      const upwards = key === "ArrowUp" || key === "ArrowDown";
      const there = timed.filter((run) => lit[run] || run === place?.run);
      const beside = upwards && place ? [...new Set(there.map((run) => lane[run]))].map((at) => there.filter((run) => lane[run] === at)
        .reduce((near, run) => at === lane[place.run] ? place.run : Math.abs(middle(run) - place.x) < Math.abs(middle(near) - place.x) ? run : near)) : there;
      const run = nextAlong(beside, place?.run ?? null, key, upwards ? (each) => lane[each] : (each) => began[each]);
      return run < 0 ? null : {run, x: middle(run), y: boxOf(run)[2] + laneHeight / 2};
    },
    markOf: (_, run) => {
      if (Number.isNaN(lane[run])) return [];
      const [left, right, top] = boxOf(run);
      return [shape("rect", {class: "hover", x: left - 1, y: top, width: Math.max(2, right - left) + 2, height: laneHeight})];
    },
    onBrush: (_, xs, ys) => {
      const [from, to] = xs.map((t) => frame.x.scale.back(t) * per);
      const [low, high] = ys.map((t) => t * names.length - 0.5);
      const whole = high - low < 0.9 || high - low > names.length - 0.2;
      constrain("timeline", {
        text: `trained within ${formatSeconds(from)} to ${formatSeconds(to)}`, xs, ys: whole ? [0, 1] : ys,
        admits: (run) => began[run] <= to && began[run] + runs.seconds[run] >= from
          && (whole || (lane[run] >= low && lane[run] <= high)),
      });
    },
  });
  section.append(tableInstead("Workers as a table", () => [["worker", "runs", "time in runs", "busy"],
    ...[...names].reverse().map((name, i) => {
      const own = timed.filter((run) => lane[run] === names.length - 1 - i);
      const busy = own.reduce((sum, run) => sum + runs.seconds[run], 0);
      return [name, String(own.length), formatSeconds(busy), `${(100 * busy / (end || 1)).toFixed(0)}%`];
    })]));

  function boxOf(run) {
    return [frame.left(frame.x.scale.at(began[run] / per)), frame.left(frame.x.scale.at((began[run] + runs.seconds[run]) / per)),
      frame.top(frame.y.scale.at(lane[run])) - laneHeight / 2];
  }
}
)page";
