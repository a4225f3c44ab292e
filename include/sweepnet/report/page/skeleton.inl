// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The body before the script fills it: sections in the order in which they are read.

inline constexpr std::string_view skeleton = R"page(
<a class="skip" href="#leaderboard">To the leaderboard</a>
<div class="page">
<noscript><p>This page draws itself with JavaScript, from the data that it holds; nothing is loaded from elsewhere.</p></noscript>
<header id="head"></header>
<div id="bar" role="region" aria-label="Selection">
<span id="count" role="status" aria-live="polite"></span>
<ul id="chips" aria-label="What narrows the selection"></ul>
<button id="clear" type="button" hidden>Clear <kbd>Esc</kbd></button>
<nav aria-label="Sections"></nav>
<span id="legend"></span>
<button id="theme" type="button"></button>
</div>
<main>
<section class="card" id="leaderboard" aria-labelledby="leaderboard-name"><header><h2 id="leaderboard-name">Leaderboard</h2></header></section>
<section class="card" id="progress" aria-labelledby="progress-name"><header><h2 id="progress-name">Best so far</h2></header></section>
<section class="card" id="curves" aria-labelledby="curves-name"><header><h2 id="curves-name">Learning curves</h2></header></section>
<section class="card" id="parallel" aria-labelledby="parallel-name"><header><h2 id="parallel-name">Parameters together</h2></header></section>
<section class="card" id="slices" aria-labelledby="slices-name"><header><h2 id="slices-name">Each parameter alone</h2></header></section>
<section class="card half" id="importance" aria-labelledby="importance-name"><header><h2 id="importance-name">Importance</h2></header></section>
<section class="card half" id="map" aria-labelledby="map-name"><header><h2 id="map-name">Two parameters</h2></header></section>
<section class="card" id="timeline" aria-labelledby="timeline-name"><header><h2 id="timeline-name">Timeline</h2></header></section>
<section class="card" id="best" aria-labelledby="best-name"><header><h2 id="best-name">Best model</h2></header></section>
</main>
</div>
<div id="tip" role="tooltip" hidden></div>
)page";
