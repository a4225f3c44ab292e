# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""The job of a peer of tables (a JSON file, the first argument), and what it tells."""

import json
import sys
import time
from pathlib import Path

JOB = json.loads(Path(sys.argv[1]).read_text())


def tell(result) -> None:
    Path(JOB["result"]).write_text(json.dumps(result))


class Clock:
    """Seconds since it was made, by the clock and of all processors."""

    def __init__(self):
        self.began = (time.perf_counter(), time.process_time())

    def told(self, what: str) -> dict:
        return {what: time.perf_counter() - self.began[0], f"{what}_processor": time.process_time() - self.began[1]}
