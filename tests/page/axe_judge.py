# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Holds pages to axe-core, light and dark, wide and narrow: no fault of any weight is let pass.

  axe_judge.py WRITE_PAGE    with the interpreter of build/page-env
"""

import pathlib
import sys
import sysconfig
import tempfile

from browser import Browser, missing_tools
from page_test import Pages, show

CHECKED = ["empty", "hundred", "some_failed", "repeats", "compare"]


def main(write_page):
    if missing := missing_tools():
        print(f"skipped: {' and '.join(missing)} not here")
        return 0
    axe = (pathlib.Path(sysconfig.get_paths()["purelib"]) / "axe_playwright_python" / "axe.min.js").read_text()
    faults = rules = 0
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        pages = Pages(write_page, folder)
        for name in CHECKED:
            for theme in ("light", "dark"):
                for width in (1400, 400):
                    browser.media(prefers_color_scheme=theme)
                    show(browser, pages, name)
                    # All of it within the window: axe-core looks at what is drawn.
                    height = browser.run("return document.documentElement.scrollHeight")
                    browser.devtools("Emulation.setDeviceMetricsOverride", width=width, height=min(height, 8000),
                                     deviceScaleFactor=1, mobile=False)
                    browser.settle()
                    browser.run("for (const each of document.querySelectorAll('details')) each.open = true;")
                    if name != "empty":
                        browser.run("document.querySelector('#runs tbody tr td').click()")
                    browser.settle()
                    browser.run(axe)
                    found = browser.run_async(
                        "axe.run(document, {resultTypes: ['violations']}).then(done, (failed) => done({failed: String(failed)}))")
                    assert "failed" not in found, found["failed"]
                    rules = max(rules, len(found["passes"]))
                    for fault in found["violations"]:
                        faults += 1
                        print(f"{name}, {theme}, {width} pixels: {fault['impact']}: {fault['help']} ({fault['id']}), "
                              f"{len(fault['nodes'])} times, as in {fault['nodes'][0]['html'][:160]}")
                    browser.devtools("Emulation.clearDeviceMetricsOverride")
    print(f"axe-core {found['testEngine']['version']}: {faults} faults in {len(CHECKED)} pages, each light and dark, "
          f"1400 and 400 pixels wide; {rules} rules applied")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
