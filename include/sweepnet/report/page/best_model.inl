// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// What the best model takes for what: confusion, its surest mistakes, and whether its certainty is
// right.

inline constexpr std::string_view script_best_model = R"page(
const className = (best, at) => tidy(best.classes[at] ?? String(at), 24);
const percent = (share) => `${Number((100 * share).toFixed(share > 0.99 ? 2 : 1))}%`;

function confusionTable(best) {
  const totals = best.confusion.map((row) => row.reduce((sum, n) => sum + n, 0));
  return scroller("Confusion matrix",
    element("table", {class: "confusion"},
      element("caption", {}, "Rows are the truth, columns what the model says."),
      element("thead", {}, element("tr", {}, element("td", {}), ...best.classes.map((_, j) => element("th", {scope: "col"}, className(best, j))),
        element("th", {scope: "col"}, "right"))),
      element("tbody", {}, ...best.confusion.map((row, i) => element("tr", {},
        element("th", {scope: "row"}, className(best, i)),
        ...row.map((n, j) => {
          const share = totals[i] ? n / totals[i] : 0;
          const cell = element("td", {class: n === 0 ? "nought" : "", title: `${className(best, i)} taken for ${className(best, j)}: ${n} of ${totals[i]}, ${percent(share)}`}, n === 0 ? "·" : String(n));
          // Mistakes are few where a model is good: they are to be seen beside the diagonal.
          const depth = i === j ? 0.12 + 0.28 * share : Math.min(0.75, 4 * share);
          if (n > 0) cell.style.background = `color-mix(in srgb, var(${i === j ? "--done" : "--failed"}) ${(100 * depth).toFixed(1)}%, transparent)`;
          return cell;
        }),
        element("td", {}, totals[i] ? percent(row[i] / totals[i]) : "–"))))));
}

// Of many classes, those that are taken for each other most.
function confusionList(best) {
  return scroller("Confusions", element("table", {class: "confusion"},
    element("caption", {}, `The most frequent confusions of ${formatCount(best.class_count)} classes.`),
    element("thead", {}, element("tr", {}, ...["truth", "taken for", "rows"].map((text) => element("th", {scope: "col"}, text)))),
    element("tbody", {}, ...best.confused.map(([i, j, n]) => element("tr", {},
      element("th", {scope: "row"}, className(best, i)), element("td", {}, className(best, j)), element("td", {}, String(n)))))));
}

function mistakeFigures(best) {
  return element("div", {class: "mistakes"}, ...best.mistakes.map((each) => {
    const said = `${className(best, each.truth)} taken for ${className(best, each.predicted)}`;
    const picture = /^data:image\/png;base64,[A-Za-z0-9+/=]+$/.test(each.image ?? "")
      ? element("img", {src: each.image, alt: `Row ${each.row}: ${said}`}) : null;
    return element("figure", {}, picture, element("figcaption", {}, element("b", {}, said),
      each.probability === null ? null : element("span", {class: "soft"}, `${percent(each.probability)} sure`), element("span", {class: "soft"}, `row ${each.row}`)));
  }));
}

// The mean gap between how sure the model is and how often it is right, over all rows.
function calibrationError({calibration}) {
  const rows = calibration.reduce((sum, bin) => sum + bin.count, 0);
  return calibration.reduce((sum, bin) => sum + (bin.count ? bin.count * Math.abs(bin.confidence - bin.accuracy) : 0), 0) / rows;
}

function calibrationPlot(parent, best) {
  const bins = best.calibration.filter((bin) => bin.count > 0);
  const most = Math.max(...bins.map((bin) => bin.count));
  const unit = {scale: numberScale(0, 1)};
  new Frame(parent, {
    x: {...unit, name: "how sure the model is"}, y: {...unit, name: "how often it is right"}, height: 260, many: false,
    caption: `Calibration: on average certainty is ${percent(calibrationError(best))} off. Grey bars tell how many rows each point stands for.`,
    label: "Calibration; the table below tells the same",
    paint: () => {}, nearest: () => -1, markOf: () => [],
    placed: (frame) => {
      const at = ({confidence, accuracy}) => [frame.left(confidence), frame.top(accuracy)];
      frame.extras.replaceChildren(
        ...bins.map((bin) => shape("rect", {fill: "var(--rule)", x: frame.left(bin.low), width: frame.left(bin.high) - frame.left(bin.low) - 1,
          y: frame.top(0.4 * bin.count / most), height: frame.top(0) - frame.top(0.4 * bin.count / most)})),
        shape("line", {class: "band", x1: frame.left(0), y1: frame.top(0), x2: frame.left(1), y2: frame.top(1)}),
        shape("path", {class: "step first", d: bins.map((bin, i) => `${i ? "L" : "M"}${at(bin).map((x) => x.toFixed(1))}`).join("")}),
        ...bins.map((bin) => shape("circle", {fill: "var(--first)", cx: at(bin)[0], cy: at(bin)[1], r: 3.5},
          shape("title", {}, `${percent(bin.confidence)} sure, ${percent(bin.accuracy)} right, ${bin.count} rows`))));
    },
  });
  parent.append(tableInstead("Calibration as a table", () => [["certainty", "rows", "mean certainty", "right"],
    ...bins.map((bin) => [`${percent(bin.low)} to ${percent(bin.high)}`, String(bin.count), percent(bin.confidence), percent(bin.accuracy)])]));
}

function startBestModel() {
  const section = byId("best");
  if (sweeps.every((sweep) => !sweep.best)) return section.remove();
  sweeps.forEach(({best}, s) => {
    if (!best) return;
    const left = element("div", {class: "stack"}, best.confusion.length > 0 ? confusionTable(best) : confusionList(best));
    const beside = element("div", {class: "stack"});
    section.append(element("p", {class: "rightness"}, `${comparing ? sweepNames[s] + ", run " : "Run "}${best.index}: ${formatCount(best.right)} of ${several(best.rows, "row")} right, ${percent(best.right / best.rows)}.`),
      element("div", {class: "model"}, left, beside));
    if (best.mistakes.length > 0) beside.append(element("h3", {}, "Its surest mistakes"), mistakeFigures(best));
    if (best.calibration.some(({count: rows}) => rows > 0)) calibrationPlot(left, best);
  });
}
)page";
