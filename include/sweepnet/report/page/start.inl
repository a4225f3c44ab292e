// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Builds the page, from top to bottom.

inline constexpr std::string_view script_start = R"page(
startHead();
startSelection();
startTheme();
startLeaderboard();
for (const start of [startProgress, startCurves, startParallel, startSlices, startImportance, startMap,
  startTimeline, startBestModel]) {
  if (runCount > 0) start();
}
if (runCount === 0) for (const section of document.querySelectorAll("main section:not(#leaderboard)")) section.remove();
byId("legend").replaceWith(runs.value.some(Number.isFinite) ? legend() : "");
byId("bar").querySelector("nav").append(...[...document.querySelectorAll("main section")].map((section) =>
  element("a", {href: "#" + section.id}, section.id[0].toUpperCase() + section.id.slice(1))));
)page";
