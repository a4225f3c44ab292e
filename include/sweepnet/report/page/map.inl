// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The metric over two parameters: dots, or where they are many the mean in each cell.

inline constexpr std::string_view script_map = R"page(
function startMap() {
  const section = byId("map");
  if (parameters.length < 2 || !runs.value.some(Number.isFinite)) return section.remove();
  const choose = (label, chosen) => element("select", {"aria-label": label, onchange: show},
    ...byImportance.map((each) => option(each.key, each.short, each === chosen)));
  const across = choose("Parameter across", byImportance[0]);
  const up = choose("Parameter upwards", byImportance[1]);
  const cells = element("input", {type: "checkbox", checked: runCount > 400 && !comparing, onchange: show});
  section.append(element("div", {class: "controls"}, across, element("span", {class: "soft"}, "by"), up,
    comparing ? null : element("label", {}, cells, " means in cells")));
  const columnOf = (select) => parameters.find(({key}) => key === select.value);
  // Neighbours share a cell where there are more choices than cells.
  const slotsOf = (of) => of.labels ? Math.min(40, of.labels.length) : 12;
  const slotOf = (of, run) => Math.max(0, Math.min(slotsOf(of) - 1, Math.floor(of.scale.at(of.values[run]) * slotsOf(of))));

  const frame = new Frame(section, {
    ...dots, x: byImportance[0], y: byImportance[1], brush: "xy", height: 340, size: runCount > 1500 ? 2.6 : 4.2,
    label: "The metric over two parameters; the table below tells means",
    paint: (_, surface) => cells.checked ? paintCells(surface) : dots.paint(frame, surface),
  });
  section.append(tableInstead("Means as a table", () => {
    const [x, y] = [frame.x, frame.y];
    const means = meansOf(x, y);
    const name = (of, slot) => {
      const middle = of.scale.back((slot + 0.5) / slotsOf(of));
      return of.labels ? of.labels[Math.round(middle)] : formatNumber(middle, 3);
    };
    return [[`${y.name} \\ ${x.name}`, ...Array.from({length: slotsOf(x)}, (_, i) => name(x, i))],
      ...Array.from({length: slotsOf(y)}, (_, j) => [name(y, j),
        ...Array.from({length: slotsOf(x)}, (_, i) => means[j * slotsOf(x) + i].runs
          ? formatValue(means[j * slotsOf(x) + i].sum / means[j * slotsOf(x) + i].runs) : "")])];
  }));
  show();

  // Sums over the runs that are lit, a cell after the other, rows from below.
  function meansOf(x, y) {
    const means = Array.from({length: slotsOf(x) * slotsOf(y)}, () => ({runs: 0, sum: 0}));
    for (let run = 0; run < runCount; ++run) {
      if (!lit[run] || !Number.isFinite(runs.value[run])) continue;
      const [i, j] = [slotOf(x, run), slotOf(y, run)];
      if (!(i >= 0 && j >= 0)) continue;
      const cell = means[j * slotsOf(x) + i];
      cell.runs += 1;
      cell.sum += runs.value[run];
    }
    return means;
  }

  function paintCells(surface) {
    const {x, y} = frame;
    const [wide, high] = [frame.inner.width / slotsOf(x), frame.inner.height / slotsOf(y)];
    meansOf(x, y).forEach(({runs: there, sum}, at) => {
      if (there === 0) return;
      surface.box(frame.left(0) + (at % slotsOf(x)) * wide, frame.top(0) - (Math.floor(at / slotsOf(x)) + 1) * high,
        wide - 1, high - 1, levelOf(sum / there));
    });
  }

  function show() {
    frame.change({x: columnOf(across), y: columnOf(up)});
  }
}
)page";
