"""Run inside a project of `tabular`: random tables, whose values are known, are read.

`fuzz_tables.py PACKAGE FIRST COUNT` prints each table that is read as something else
without a note, or that ends in anything but a ValueError of one line.
"""

import contextlib
import csv
import datetime
import gzip
import importlib
import io
import random
import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import normalize

import polars as pl

from scaffold.errors import ArgumentError
from scaffold.render.table_check import check_table, is_binary

Texts, Truth = list[str], list[Any]
PACKAGE = sys.argv[1]
EPOCH = datetime.datetime(1970, 1, 1)
GAPS = ["", "NA", "N/A", "NaN", "null", "?", " "]
MARKS = ["-", "none", "Unknown", "\u2013"]
UNITS = [("", ""), ("$", ""), ("", " €"), ("", "%"), ("", " kg"), ("EUR ", "")]
NAMES = ["", " é", " e\u0301", "\n(m2)", ' "x"', ", z"]
WORDS = ["north", "a b", "é", "e\u0301", "yes", 'say "x"', "x, y", "1;2", "two\nlines"]
WORDS += ["中", "007", "5 kg", "3.0", "True", "#1", "-", " pad ", "'", "|", "a\tb", "="]
SIGNS = "0123456789.,-+eE%$€ /:'\"x\n\t;|N_\u00a0\u2212\u0663²()#mapAPTZ"
DAYS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y"]
DAYS += ["%d-%m-%Y", "%d-%b-%Y", "%b %d %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y"]
DAYS += ["%Y%m%d", "%d.%m.%y", "%m/%d/%y", "%a, %d %b %Y"]
TIMES = ["", "", "T%H:%M:%S", " %H:%M", " %I:%M %p", " %H:%M:%S", "T%H:%M:%SZ"]


def make_numbers(chance: random.Random, rows: int, mark: str) -> tuple[Texts, Truth]:
    """Return numbers in one form, with the decimal mark of the whole table."""
    size, digits = 10 ** chance.randint(-3, 9), chance.randint(0, 6)
    grouped = chance.choice(["", "", "," if mark == "." else ".", " ", "'"])
    before, after = chance.choice([*[("", "")] * 5, *UNITS])
    power = not grouped and chance.random() < 0.2
    texts, truth = [], []
    for _ in range(rows):
        value = chance.uniform(-size if chance.random() < 0.5 else 0, size)
        text = f"{value:.{digits}e}" if power else f"{abs(value):,.{digits}f}"
        text, sign = text.lstrip("-"), "-" if value < 0 else chance.choice("+   ")
        truth.append(float(sign + text.replace(",", "")))
        text = text.translate({44: grouped or None, 46: mark})
        texts.append(sign.strip() + before + text + after)
    return texts, truth


def make_dates(chance: random.Random, rows: int, _: str) -> tuple[Texts, Truth]:
    form = chance.choice(DAYS)
    form += "" if form == "%Y%m%d" else chance.choice(TIMES)
    year = 1900 if form == "%Y%m%d" else 1970 if "%y" in form else 1750
    start, spread = datetime.datetime(year, 1, 1), chance.choice([20, 500, 20_000])
    texts, truth = [], []
    for _ in range(rows):
        moment = start + datetime.timedelta(chance.uniform(0, spread))
        text = moment.strftime(form)
        if chance.random() < 0.3 and form[:2] in ("%m", "%d"):
            text = text.removeprefix("0")
        texts.append(text)
        read = datetime.datetime.strptime(moment.strftime(form), form)
        truth.append((read - EPOCH) / datetime.timedelta(1))
    return texts, truth


def make_booleans(chance: random.Random, rows: int, _: str) -> tuple[Texts, Truth]:
    truth = [chance.random() < 0.5 for _ in range(rows)]
    change: Callable[[str], str] = chance.choice([str, str.lower, str.upper])
    return [change(str(value)) for value in truth], [float(value) for value in truth]


def make_words(chance: random.Random, rows: int, _: str) -> tuple[Texts, Truth]:
    words = ["north", *chance.sample(WORDS, chance.randint(1, 5))]
    texts = [*words, *chance.choices(words, k=rows - len(words))]
    return texts, [spell(text) for text in texts]


def make_texts(chance: random.Random, rows: int, _: str) -> tuple[Texts, Truth]:
    texts = [" ".join(chance.choices(WORDS[:12], k=5)) for _ in range(rows)]
    return texts, [spell(text) for text in texts]


def make_noise(chance: random.Random, rows: int, _: str) -> tuple[Texts, Truth]:
    """Return texts that may be anything; plain numbers are what Python reads."""
    signs = [*chance.sample(SIGNS, chance.randint(0, 6)), "1", "20"]
    lengths = [chance.randint(1, 8) for _ in range(rows)]
    texts = ["".join(chance.choices(signs, k=length)) for length in lengths]
    return texts, list(texts)


def spell(text: str) -> str:
    """Return a category in the spelling that the README documents."""
    text = normalize("NFC", text.strip())
    return {"True": "true", "3.0": "3"}.get(text, text)


MAKERS = [make_numbers, make_numbers, make_dates, make_booleans, make_words, make_texts]
MAKERS += [make_noise]


def make_table(chance: random.Random) -> tuple[dict[str, Texts], dict[str, Truth]]:
    """Return columns as text, and what their values are; the last is the target."""
    rows, mark = chance.randint(12, 60), chance.choice(".,")
    texts, truth = {}, {}
    for number in range(chance.randint(1, 5)):
        make = chance.choice(MAKERS)
        name = f"{make.__name__} {number}{chance.choice(NAMES)}"
        texts[name], truth[name] = make(chance, rows, mark)
        gaps = GAPS if make in (make_words, make_texts, make_noise) else [*GAPS, *MARKS]
        for row in range(rows) if chance.random() < 0.3 else ():
            if chance.random() < 0.2:
                texts[name][row], truth[name][row] = chance.choice(gaps), None
    texts["y"], truth["y"] = [f"{n}{mark}5" for n in range(rows)], []
    return texts, truth


def to_types(name: str, texts: Texts, truth: Truth) -> Truth:
    """Return the values of a column as a Parquet file may have them."""
    if name.startswith("make_dates"):
        days = [None if n is None else datetime.timedelta(n) for n in truth]
        return [None if day is None else EPOCH + day for day in days]
    if name.startswith("make_booleans"):
        return [None if value is None else bool(value) for value in truth]
    return truth if name.startswith("make_numbers") else texts


def write(
    table: dict[str, Texts], truth: dict[str, Truth], path: Path, chance: random.Random
) -> None:
    """Write a table as one of the programs would that people use."""
    if chance.random() < 0.1:
        pl.DataFrame(table).write_parquet(path)
        return
    if chance.random() < 0.1:
        typed = {name: to_types(name, table[name], truth[name]) for name in table}
        pl.DataFrame(typed, strict=False).write_parquet(path)
        return
    text = io.StringIO(newline="")
    end, quoting = chance.choice(["\n", "\r\n"]), chance.choice([0, 0, 0, 1])
    mark = chance.choice(",;\t|")
    writer = csv.writer(text, delimiter=mark, lineterminator=end, quoting=quoting)
    writer.writerow(table)
    for row in zip(*table.values(), strict=True):
        writer.writerow(row)
        text.write(end if chance.random() < 0.01 else "")
    encoding = chance.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"])
    content = text.getvalue().encode(encoding)
    path.write_bytes(gzip.compress(content) if chance.random() < 0.1 else content)


def damage(path: Path, chance: random.Random) -> bool:
    """Change some bytes of a file."""
    content = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(content))
        content[place : place + chance.randint(0, 30)] = chance.randbytes(3)
    path.write_bytes(content)
    return True


def check(number: int, path: Path) -> None:
    """Write and read one random table; AssertionError if it is read as another one."""
    chance = random.Random(number)
    texts, truth = make_table(chance)
    write(texts, truth, path, chance)
    damaged = chance.random() < 0.1 and damage(path, chance)
    modules = {
        name: importlib.import_module(f"{PACKAGE}.{name}")
        for name in ("config", "columns", "data", "table", "target", "values")
    }
    if damaged:
        modules["data"].read_rows(path)
        return
    try:
        table = modules["table"].read_table(path)
    except ValueError as error:
        raise AssertionError(error) from error
    raw = list(map(modules["values"].clean, table))
    columns = modules["columns"].infer_columns(raw, {})
    names = [normalize("NFC", " ".join(name.split())) for name in texts]
    assert [values.name for values in raw] == names, "other columns"
    for values, column, expected in zip(raw, columns, truth.values(), strict=True):
        try:
            found = modules["values"].parse(values, column).to_list()
        except ValueError as error:
            assert "\n" not in str(error)
            raise
        if values.name != "y":
            compare(found, expected, column, values.to_list())
    for values, column in zip(raw, columns, strict=True):
        check_family(modules, path, values, column)
    preprocess(modules, path)


def check_family(
    modules: dict[str, Any], path: Path, values: pl.Series, column: dict[str, Any]
) -> None:
    """Check that `scaffold new` infers the family of a target like the project."""
    known = values.drop_nulls()
    family = modules["target"].infer_family(known, column)
    if len(known) < 10 or known.n_unique() == 1:
        family = ""
    if is_binary(path):
        return
    try:
        new = check_table(path, values.name, "")
    except ArgumentError:
        new = ""
    assert new == family, f"new: {new!r}, project: {family!r}: {known[:9].to_list()}"


def compare(found: Truth, truth: Truth, column: dict[str, Any], raw: Texts) -> None:
    """Compare the values of a column; a note may say that it has another reading."""
    for value, expected, text in zip(found, truth, raw, strict=True):
        if column["name"].startswith("make_noise"):
            expected = read_noise(expected, column)
        same = value == expected or expected is ...
        if isinstance(value, float) and isinstance(expected, float):
            same = abs(value - expected) <= 1e-9 * max(1, abs(expected))
        assert same or column.get("note"), (text, value, expected, column)


def read_noise(text: str | None, column: dict[str, Any]) -> Any:
    """Return what Python reads in a text, ... where only people know."""
    if text is None or text.strip().lower() in ("", "na", "?", "null", "nan"):
        return None
    if column["kind"] == "category":
        return re.sub(r"^([+-]?\d+)\.0+$", r"\1", spell(text), flags=re.A)
    plain = (
        column["kind"] == "number"
        and column["form"] == "."
        and not (column["grouped"] or column["before"] or column["after"])
    )
    return float(text) if plain else ...


def preprocess(modules: dict[str, Any], path: Path) -> None:
    """Preprocess the table for training, and its rows for a prediction."""
    config = modules["config"].Config(data=str(path), target="y")
    train_data, *_, data_info = modules["data"].make_datasets(config)
    rows = modules["data"].read_rows(path)
    x, y = train_data.tensors
    order = [int(value) for value in y.flatten()]
    again = modules["data"].encode_inputs([rows[row] for row in order], data_info)
    assert again.equal(x), "predict differs from train"
    assert x.isfinite().all(), "not finite"


def main(first: int, count: int) -> None:
    found = 0
    for number in range(first, first + count):
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                check(number, Path("t"))
        except (ValueError, SystemExit) as error:
            if "\n" in str(error) or not str(error):
                print(number, "lines", repr(error))
        except BaseException as error:
            found += 1
            last = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__}: {error} ({last.name}:{last.lineno})"
            print(number, what)
    print(f"{found} of {count}")


if __name__ == "__main__":
    sys.path.insert(0, ".")
    main(int(sys.argv[2]), int(sys.argv[3]))
