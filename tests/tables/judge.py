# SPDX-FileCopyrightText: 2026 The sweepnet authors
# SPDX-License-Identifier: Apache-2.0
"""Reads files of hostile structure with Python's csv, with pandas and with sweepnet, and compares
what they find: shape, names, lines, texts exactly, types, numbers bit for bit, and what is refused.

    build/tables-env/bin/python tests/tables/judge.py build/release/tests/table_probe [FILES] [SEED]

Where sweepnet deviates, on purpose:
  from csv     a line of spaces alone is blank, not a row of one cell; a name that is empty or there
               twice, a header of numbers alone and a table without rows are refused;
  from pandas  rows that are too short are refused, not filled up, and text behind a closing quote is,
               not joined to it; a carriage return alone ends no line; True and False are texts, not a
               type; numbers that are not finite are refused, not taken (inf, 1e999, NAN); what looks
               like numbers with decimal commas or thousands separators is refused, not taken for
               texts; the sign of -0 is kept where all of a column's numbers are whole; spaces at the
               front of a line are kept; a line end at a number's side, in its quotes, makes it a
               text; integers beyond 64 bits are numbers like others.
"""
import collections
import csv
import io
import json
import math
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import warnings

import pandas

MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"]
NUMBER = re.compile(r"[ \t]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[ \t]*", re.ASCII)
NOT_FINITE = re.compile(r"[ \t]*[+-]?(inf|infinity|nan)[ \t]*", re.IGNORECASE)
TEXTS = ["a", "b c", "Łódź", "日本", "x\"y", "a,b", "c;d", "e\tf", "g|h", "two\nlines", "two\r\nlines",
         "\"", "\"\"", "\n", " lead", "trail ", "'", "é" * 40, "NA ", "na", "True", "-", "1 2", "0x1F",
         "1_000", "٣", "1e", "+", ".", "--1", "12:30", "2026-11-30", "\ufeff", "\\", "\\\"", "a\\n",
         "1,2,3x", " ", "\u2028", "x" * 300]


class Probe:
    def __init__(self, program):
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def digits(rng, most):
    return "".join(rng.choice("0123456789") for _ in range(rng.randint(1, most)))


def number_text(rng):
    """A number of any form, near or beyond the ends of what doubles hold, or halfway between two."""
    form = rng.randrange(9)
    if form == 0:
        return str(rng.randint(-100, 100))
    if form == 1:
        return repr(rng.gauss(0, 1) * 10.0 ** rng.randint(-20, 20))
    if form == 2:
        return repr(struct.unpack("d", struct.pack("Q", rng.getrandbits(64) & ~(1 << 62)))[0])
    if form == 3:
        return f"{digits(rng, 25)}.{digits(rng, 25)}"
    if form == 4:
        return f"{rng.choice(['', '-', '+'])}{digits(rng, 4)}{rng.choice('eE')}{rng.randint(-330, 300)}"
    if form == 5:
        return rng.choice([".5", "5.", "-.25e+1", "+0", "-0", "-0.0", "0e5", "00012", "1e-400", "5e-324",
                           "2.4703282292062327e-324", "1.7976931348623157e308", "1e22", "1e23",
                           "2.2250738585072011e-308", "9007199254740993", "9007199254740992.5"])
    if form == 6:  # exactly between two doubles, and just beside
        whole = rng.getrandbits(53) | 1 << 52
        exact = str((2 * whole + 1) << rng.randint(0, 60))
        return exact + rng.choice(["", ".0", ".00000000000000000000000001"])
    if form == 7:
        return rng.choice([" ", "", "\t"]) + str(rng.randint(0, 9)) + rng.choice([" ", "  ", ""])
    return f"{rng.uniform(-1, 1):.{rng.randint(0, 18)}f}"


def cell_text(rng, kind):
    if rng.random() < 0.1:
        return rng.choice(MISSING)
    if kind == "number":
        return number_text(rng)
    if kind == "whole":
        return str(rng.randint(-1000, 1000))
    if kind == "text":
        return rng.choice(TEXTS)
    if kind == "not finite":
        return rng.choice(["1", "2.5", "inf", "-Infinity", "1e999", "-nan", "NAN"])
    if kind == "commas":
        return rng.choice(["1", "2.5", "3,14", "-1.234,5", "1,234,567", "1,5E+03", ",5"])
    if kind == "mixed":
        return rng.choice(TEXTS) if rng.random() < 0.1 else number_text(rng)
    return ""


def written(rng, text, delimiter):
    """A cell as it may stand in a file."""
    needs = text.startswith('"') or any(c in text for c in (delimiter, "\n", "\r"))
    if needs or rng.random() < 0.2:
        return '"' + text.replace('"', '""') + '"'
    return text


def file_text(rng):
    delimiter = rng.choice([",", ",", ";", "\t", "|"])
    columns = rng.randint(1, 7)
    kinds = [rng.choice(["number", "number", "whole", "text", "mixed", "empty"])
             for _ in range(columns)]
    if rng.random() < 0.1:
        kinds[rng.randrange(columns)] = rng.choice(["not finite", "commas"])
    end = rng.choice(["\n", "\n", "\r\n"])
    names = [rng.choice(["a", "b c", "d\"e", "f,g", "h\ni", "日本", "é;"]) + str(c)
             for c in range(columns)]
    lines = [names] + [[cell_text(rng, kind) for kind in kinds]
                       for _ in range(rng.choice([1, 3, 20, 60]))]
    text = ""
    for number, cells in enumerate(lines):
        row = delimiter.join(written(rng, cell, delimiter) for cell in cells)
        if row.strip(" ") == "":  # a single cell, which would be a blank line
            row = '""'
        text += row + (end if number + 1 < len(lines) or rng.random() < 0.7 else "")
        if rng.random() < 0.03:
            text += end
    if rng.random() < 0.4:  # one or two faults, perhaps
        for _ in range(rng.randint(1, 2)):
            at = rng.randrange(len(text) + 1)
            text = rng.choice([
                text[:at] + rng.choice(['"', delimiter, "\n", "\r", " ", '""', '"\n']) + text[at:],
                text[:at] + text[at + 1:],
                text[:at],
            ])
    return delimiter, re.sub("\r\r+", "\r", text)


def read_by_csv(text, delimiter):
    """Header, rows with their lines, and what is wrong behind them: (line, kind, found)."""
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    rows = []
    line = 1
    try:
        for cells in reader:
            blank = not cells or (len(cells) == 1 and cells[0].strip(" ") == "" and
                                  '"' not in text.split("\n")[line - 1])
            if not blank:
                if rows and len(cells) != len(rows[0][1]):
                    return rows, (line, "cells", len(cells))
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as failure:
        why = str(failure)
        kinds = {"expected after": "quote", "unexpected end": "open", "new-line": "return"}
        return rows, (line, next(kind for part, kind in kinds.items() if part in why), None)
    return rows, None


def bits(number):
    return struct.unpack("Q", struct.pack("d", number))[0]


class Judge:
    def __init__(self, probe):
        self.probe = probe
        self.counts = collections.Counter()
        self.failures = []

    def fail(self, text, what):
        self.failures.append(f"{what}\n{text!r}")

    def file(self, path, delimiter, text, rng):
        block = rng.choice([1, 100, 1 << 19])
        request = {"file": str(path), "delimiter": delimiter, "block": block,
                   "threads": rng.choice([1, 2])}
        rows, fault = read_by_csv(text.removeprefix("\ufeff"), delimiter)
        texts = self.probe.ask(texts=True, **request)
        if "error" in texts:
            self.refused(text, texts["error"], rows, fault)
            return
        if fault or len(rows) < 2:
            self.fail(text, f"csv found {fault} and {len(rows)} rows, sweepnet a table")
            return
        self.counts["tables"] += 1
        header, cells = rows[0][1], rows[1:]
        if [column["name"] for column in texts["columns"]] != header:
            self.fail(text, "the names differ")
        if texts["lines"] != [line for line, _ in cells]:
            self.fail(text, f"lines: {texts['lines']} for {[line for line, _ in cells]}")
        for c, column in enumerate(texts["columns"]):
            expected = [None if row[c] in MISSING else row[c] for _, row in cells]
            if column["values"] != expected or not column["sorted"]:
                self.fail(text, f"texts of column {c}: {column['values']} for {expected}")
            self.counts["texts"] += len(expected)
        self.inferred(text, delimiter, header, cells, self.probe.ask(texts=False, **request))

    def refused(self, text, why, rows, fault):
        line = int(why.split(":")[1]) if why.split(":")[1].isdigit() else 0
        names = rows[0][1] if rows else []
        known = {"never closed": "open", "behind the closing quote": "quote",
                 "carriage return": "return", "cells, found": "cells", "cell, found": "cells"}
        kind = next((kind for part, kind in known.items() if part in why), None)
        if "no name" in why and any(not name.strip(" \t") for name in names):
            kind = "names"
        elif "is that of column" in why and len(set(names)) < len(names):
            kind = "names"
        elif "numbers alone" in why and all(NUMBER.fullmatch(name) for name in names):
            kind = "names"
        elif "found none" in why and len(rows) == 1 and not fault:
            kind = "no rows"
        elif "found nothing" in why and not rows and not fault:
            kind = "no rows"
        elif fault is None:
            self.fail(text, f"csv finds nothing wrong; sweepnet: {why}")
        elif fault[1] != kind and not (fault[1] == "return" and kind in ("quote", "cells", "open")):
            self.fail(text, f"csv: {fault}; sweepnet: {why}")
        elif fault[1] == "cells" and (line != fault[0] or not why.endswith(f" {fault[2]}")):
            self.fail(text, f"csv: {fault}; sweepnet: {why}")
        elif fault[1] != "cells" and line < fault[0]:
            self.fail(text, f"csv: {fault}; sweepnet: {why}")
        self.counts[f"refused: {kind}"] += 1

    def inferred(self, text, delimiter, header, cells, answer):
        columns = list(zip(*(row for _, row in cells)))
        if "error" in answer:
            self.refused_column(text, delimiter, header, columns, answer["error"])
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of columns of mixed types
            frame = pandas.read_csv(io.BytesIO(text.encode()), sep=delimiter, index_col=False,
                                    keep_default_na=False, na_values=MISSING,
                                    float_precision="round_trip", low_memory=False)
        if frame.shape != (len(cells), len(header)) or list(frame.columns) != header:
            self.fail(text, f"pandas: {frame.shape}, {list(frame.columns)}")
            return
        for c, column in enumerate(answer["columns"]):
            here = [cell for cell in columns[c] if cell not in MISSING]
            is_number = all(NUMBER.fullmatch(cell) for cell in here)
            if column["number"] != is_number:
                self.fail(text, f"column {c}: {'a number' if column['number'] else 'no number'}")
            elif column["missing"] != len(columns[c]) - len(here):
                self.fail(text, f"column {c}: {column['missing']} are missing")
            elif is_number:
                self.numbers(text, columns[c], column["values"], frame.iloc[:, c])
            else:
                self.texts(text, columns[c], column["values"], frame.iloc[:, c])

    def numbers(self, text, cells, values, series):
        expected = [math.nan if cell in MISSING else float(cell) for cell in cells]
        nan = struct.pack("Q", bits(math.nan))
        for cell, value, number in zip(cells, values, expected):
            if bits(number) != value and struct.pack("Q", value) != nan:
                self.fail(text, f"{cell!r}: {value:x} for {bits(number):x}")
        self.counts["numbers"] += len(cells)
        if series.dtype.kind == "O":
            if any(abs(number) >= 2.0 ** 63 for number in expected):
                self.counts["pandas: integers beyond 64 bits"] += 1
                return
            self.fail(text, f"pandas takes {cells} for texts")
            return
        whole = all(re.fullmatch(r"\s*[+-]?\d+\s*", cell) for cell in cells if cell not in MISSING)
        for value, number in zip(values, series):
            if whole and number == 0 and value == bits(-0.0):
                self.counts["pandas: -0 among whole numbers"] += 1
            elif bits(float(number)) != value and not math.isnan(number):
                self.fail(text, f"pandas: {number!r}, sweepnet: {value:x}")
        self.counts["pandas: columns of numbers"] += 1

    def texts(self, text, cells, values, series):
        expected = [None if cell in MISSING else cell for cell in cells]
        if values != expected:
            self.fail(text, f"{values} for {expected}")
        if series.dtype.kind == "b" or all(value in (None, "True") for value in expected):
            self.counts["pandas: True and False"] += 1
            return
        if series.dtype.kind != "O" and all(
                NUMBER.fullmatch(cell.strip()) for cell in expected if cell is not None):
            self.counts["pandas: line ends around numbers"] += 1
            return
        if series.dtype.kind != "O":
            self.fail(text, f"pandas takes {cells} for numbers")
            return
        for cell, other in zip(expected, series):
            if cell is None and not isinstance(other, str):
                continue
            if cell != other:
                at_front = cell is not None and cell.lstrip(" ") == other
                if not at_front:
                    self.fail(text, f"pandas: {other!r}, sweepnet: {cell!r}")
                    return
                self.counts["pandas: spaces at the front of a line"] += 1
        self.counts["pandas: columns of texts"] += 1

    def refused_column(self, text, delimiter, header, columns, why):
        names = [c for c, name in enumerate(header)]
        c = int(why.split(":")[2]) - 1
        here = [cell for cell in columns[c] if cell not in MISSING]
        not_finite = [cell for cell in here if NOT_FINITE.fullmatch(cell) or
                      (NUMBER.fullmatch(cell) and math.isinf(float(cell)))]
        commas = [cell for cell in here if "," in cell]
        if "finite numbers" in why and c in names and not_finite and all(
                NUMBER.fullmatch(cell) or NOT_FINITE.fullmatch(cell) for cell in here):
            self.counts["refused: not finite"] += 1
        elif "decimal point" in why and commas and all(
                NUMBER.fullmatch(re.sub("[.,]", "", cell)) for cell in here):
            self.counts["refused: decimal commas"] += 1
        else:
            self.fail(text, f"sweepnet: {why}")


def main():
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    judge = Judge(Probe(sys.argv[1]))
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "t.csv"
        for number in range(files):
            rng = random.Random(f"{seed} {number}")
            delimiter, text = file_text(rng)
            if rng.random() < 0.1:
                text = "\ufeff" + text
            path.write_bytes(text.encode())
            judge.file(path, delimiter, text, rng)
    for what, count in sorted(judge.counts.items()):
        print(f"{count:8} {what}")
    for failure in judge.failures[:10]:
        print(f"FAILED: {failure}")
    print(f"{files} files of seed {seed}: {len(judge.failures)} failures")
    if judge.counts["tables"] < files // 3 or judge.counts["pandas: columns of numbers"] < files // 3:
        sys.exit("too few of the files held tables")
    sys.exit(1 if judge.failures else 0)


if __name__ == "__main__":
    main()
