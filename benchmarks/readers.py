"""Compare CSV readers on random tables: which one reads what was written?

Every reader is asked for texts and told nothing about the file. It is right if it
returns the names and values that were written, or raises an error for a file that is
no table.

    python benchmarks/readers.py 5000
"""

import csv
import gzip
import io
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
from project import Project, new_project

Rows = list[list[str]]
NUMBERS = {
    ",": ["{:.2f}", "{:.0f}", "{:.3e}"],
    ";": ["{:.2f}", "{:.0f}", "decimal comma"],
    "\t": ["{:.2f}", "decimal comma", "{:,.0f}"],
    "|": ["{:.2f}", "{:,.0f}"],
}
WORDS = ["north", "a b", "é", "", "yes", 'say "x"', "x, y", "1;2", "two\nlines", "中"]
KINDS = ("plain", "header", "quote", "ragged", "open", "utf-16", "gzip", "bom", "blank")


def make_rows(chance: random.Random, separator: str, kind: str) -> Rows:
    """Return a header and rows of random numbers and words."""
    forms = [chance.choice([*NUMBERS[separator], "word"]) for _ in range(4)]
    names = [f"{chance.choice('abcd')}{number}" for number in range(4)]
    if kind == "header":
        names[chance.randrange(4)] = "area\n(m2)"
    rows = [[make_value(chance, form) for form in forms] for _ in range(40)]
    if kind == "quote":
        for row in chance.sample(rows, 3):
            row[chance.randrange(4)] = '5" pipe'
    return [names, *rows]


def make_value(chance: random.Random, form: str) -> str:
    if form == "word":
        return chance.choice(WORDS)
    number = chance.uniform(-9999, 9999)
    if form == "decimal comma":
        return f"{number:.2f}".replace(".", ",")
    return form.format(number)


def to_bytes(rows: Rows, chance: random.Random, separator: str, kind: str) -> bytes:
    """Return a file with these rows, as a program that writes `kind` would write it."""
    text = io.StringIO(newline="")
    end = chance.choice(["\n", "\r\n"])
    writer = csv.writer(text, delimiter=separator, lineterminator=end)
    for number, row in enumerate(rows):
        if kind == "quote" and any(value == '5" pipe' for value in row):
            text.write(separator.join(map(quote_if_needed, row)) + end)
        elif kind == "ragged" and number == 20:
            writer.writerow(row[:2] if chance.random() < 0.5 else [*row, "more"])
        else:
            writer.writerow(row)
        if kind == "blank" and number % 10 == 5:
            text.write(end)
    if kind == "open":
        text.write(f'1{separator}"2{separator}3{separator}4{end}')
    if kind == "utf-16":
        return text.getvalue().encode("utf-16")
    content = text.getvalue().encode("utf-8-sig" if kind == "bom" else "utf-8")
    return gzip.compress(content) if kind == "gzip" else content


def quote_if_needed(value: str) -> str:
    """Return a field as programs write it that do not escape quotes inside a field."""
    plain = value == '5" pipe' or not set(value) & set(',;\t|"\n')
    return value if plain else '"' + value.replace('"', '""') + '"'


def read_duckdb(path: Path) -> Rows:
    relation = duckdb.read_csv(str(path), all_varchar=True, header=True)
    return [relation.columns, *map(list, relation.fetchall())]


def read_polars(path: Path) -> Rows:
    table = pl.read_csv(path, infer_schema=False)
    return [table.columns, *map(list, table.iter_rows())]


def read_pandas(path: Path) -> Rows:
    table = pd.read_csv(
        path, sep=None, engine="python", dtype=str, keep_default_na=False
    )
    return [list(table.columns), *table.to_numpy().tolist()]


def read_sniffer(path: Path) -> Rows:
    text = path.read_text(encoding="utf-8-sig")
    dialect = csv.Sniffer().sniff(text[:5000])
    return list(csv.reader(io.StringIO(text, newline=""), dialect))


def read_project(path: Path) -> Rows:
    """Read as the generated project does."""
    table = Project().csv_files.read_csv(path)
    return [table.columns, *map(list, table.iter_rows())]


READERS = {
    "DuckDB": read_duckdb,
    "polars": read_polars,
    "pandas": read_pandas,
    "csv.Sniffer": read_sniffer,
    "csv, as in tabular": read_project,
}


def judge(read: Callable[[Path], Rows], path: Path, rows: Rows, kind: str) -> str:
    """Return right, wrong (in silence) or refused."""
    try:
        found = read(path)
    except Exception:  # what a reader raises is not the question
        return "right" if kind in ("ragged", "open") else "refused"
    if kind in ("ragged", "open"):
        return "wrong"
    return "right" if normal(found) == normal(rows) else "wrong"


def normal(rows: Rows) -> Rows:
    """Return rows without differences that do not matter: empty rows, null, spaces."""
    texts = [[" ".join(str(value or "").split()) for value in row] for row in rows]
    return [row for row in texts if any(row)]


def main(count: int) -> None:
    found = {name: Counter[tuple[str, str]]() for name in READERS}
    with tempfile.TemporaryDirectory() as folder:
        new_project("tabular", Path(folder) / "project")
        for number in range(count):
            chance = random.Random(number)
            kind = KINDS[number % len(KINDS)]
            separator = chance.choice(list(NUMBERS))
            rows = make_rows(chance, separator, kind)
            path = Path(folder) / f"t.csv{'.gz' if kind == 'gzip' else ''}"
            path.write_bytes(to_bytes(rows, chance, separator, kind))
            for name, read in READERS.items():
                found[name][kind, judge(read, path, rows, kind)] += 1
    print("reader", *KINDS, "wrong", "refused", sep="\t")
    for name, counts in found.items():
        right = [counts[kind, "right"] for kind in KINDS]
        bad = [
            sum(counts[kind, word] for kind in KINDS) for word in ("wrong", "refused")
        ]
        print(name, *right, *bad, sep="\t")


if __name__ == "__main__":
    main(int(sys.argv[1]))
