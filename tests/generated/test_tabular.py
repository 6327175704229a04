"""Tables of the user: what `new` asks, what is trained, and what is refused."""

import ast
import gzip
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Done, run_python

from scaffold.catalog.plugins import find_task
from scaffold.compose.recipe import Recipe
from scaffold.errors import ArgumentError
from scaffold.project.create import render_project
from scaffold.render.table_check import check_table

TARGET = "it's worth 🙂 €"
TASK = Recipe((find_task("tabular"),))
TABLES = Path(__file__).with_name("tables")  # each was once read wrongly


def write_table(path: Path, family: str) -> Path:
    """Write a table that has a bit of everything, as Excel would; return its path."""
    chance = random.Random(0)
    lines = [f'Id,"size, m²","say ""hi""",day,new,always,never,{TARGET}']
    for row in range(80):
        size = chance.uniform(0, 100)
        word = chance.choice(["a b", "c", ""])
        field = f" {size} " if row % 7 else "NA"
        day = f"2024-05-{row % 28 + 1:02}"
        values = [row + 1, field, word, day, row % 2 == 0, "x", ""]
        target = worth(family, size, chance.random()) if row != 5 else ""
        quoted = target.replace('"', '""')
        lines.append(",".join(map(str, values)) + f',"{quoted}"')
    path.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode())
    return path


def worth(family: str, size: float, noise: float) -> str:
    if family == "regression":
        return f"{100 * size + noise:.2f}"
    if family == "binary":
        return "yes 🙂" if size > 50 else "it's a no"
    return ["$3", "né, 中", 'say "hi"'][int(size) // 34]


# Run inside a project, on its own functions.
BAD_TABLES = '''
"""Bad tables: each gets one line that says what is wrong."""

import datetime
import gzip
import json
import sys
import warnings
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from skops.io import loads

from PACKAGE.config import Config
from PACKAGE.data import encode_inputs, make_datasets, read_rows
from PACKAGE.table import read_table

FAMILY = "FAMILY_NAME"
GOOD = {
    "regression": [str(1.5 * row) for row in range(30)],
    "binary": ["yes", "no"] * 15,
    "multiclass": ["red", "green", "blue"] * 10,
}[FAMILY]


def table(a=None, y=GOOD, header="a,y"):
    a = a or [str(row * row % 23) for row in range(len(y))]
    return "\\n".join([header, *(f"{one},{other}" for one, other in zip(a, y))]) + "\\n"


BROKEN = {
    "": "is empty",
    "\\n\\n": "is empty",
    "a,y\\n": "has no rows",
    table(y=GOOD[:9]): "9 rows with y; at least 10 needed",
    table() + "1\\n": "line 32: expected 2 values, got 1",
    table() + "1,2,3\\n": "line 32: expected 2 values, got 3",
    table() + '"1,2\\n': "line 32",
    table(header="y,y"): "two columns 'y'",
    table(a=["\\u00e9"] * 30).encode("latin-1"): "as CSV, Parquet or Excel.*utf-8",
    b"PAR1 and nothing else": "as CSV, Parquet or Excel",
    b"PK\\3\\4 and nothing else": "as CSV|pip install fastexcel",
    b"\\x1f\\x8b and nothing else": "as CSV, Parquet or Excel",
    gzip.compress(b"a,y" * 99, mtime=0)[:12] + b"\\xff" * 9: "as CSV, Parquet or Excel",
    table(a=["7"] * 30): "no input columns are left",
    table(a=["NA"] * 30): "no input columns are left",
    table(a=[f"name {row}" for row in range(30)]): "no input columns are left",
    table(y=["1"] * 30): "y is '1' in every row",
    table(y=[""] * 30): "0 rows with y",
    "y\\n" + "\\n".join(GOOD): "no input columns are left",
}
WORDS = ["red", "green", "blue"] * 10
TWO = ["yes", "no"] * 15
MANY = [str(1.5 * row) for row in range(30)]
UNFIT = {
    "regression": {
        table(y=WORDS): "has texts, not numbers; .*family=multiclass",
        table(y=TWO): "has texts, not numbers; .*family=binary",
        table(y=["0", "1"] * 15): "only two different values; .*family=binary",
        table(y=["oops", *MANY[1:]]): "y is not a number because of 'oops' in row 1",
        table(y=["inf", *MANY[1:]]): "y is not a number because of 'inf' in row 1",
    },
    "binary": {
        table(y=WORDS): "3 different values, not two; .*family=multiclass",
        table(y=MANY): "30 different values, not two; .*family=regression",
    },
    "multiclass": {
        table(y=MANY): "30 different numbers, too many for classes; .*=regression",
        table(y=[f"name {row}" for row in range(30)]): "different in almost every row",
    },
}[FAMILY]


@pytest.mark.parametrize(("content", "message"), [*BROKEN.items(), *UNFIT.items()])
def test_a_bad_table(content, message, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SystemExit, match=message) as caught:
        make_datasets(Config(data=str(path), target="y"))
    assert "\\n" not in str(caught.value)


def test_an_unknown_file_or_target_is_refused(tmp_path):
    (tmp_path / "t.csv").write_text(table(header="size,y"))
    with pytest.raises(SystemExit, match="--data: file not found: 'nowhere.csv'"):
        make_datasets(Config(data="nowhere.csv"))
    with pytest.raises(SystemExit, match="unknown column 'sise'; did you mean 'size'"):
        make_datasets(Config(data=str(tmp_path / "t.csv"), target="sise"))


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("id", [str(row) for row in range(30)], "dropped: identifier"),
        ("Unnamed: 0", [str(29 - row) for row in range(30)], "dropped: row number"),
        ("code", [f"C{row}" for row in range(30)], "dropped: no value occurs twice"),
        ("same", ["x"] * 30, "dropped: constant"),
        ("gap", [""] * 30, "dropped: all values missing"),
        ("odd", ["7", "7", "x"] + ["8"] * 27, "because of 'x' in row 3"),
        ("big", ["1e300", *["7", "8"] * 15], "because of '1e300' in row 1"),
        ("price", ["POA", *[f"${row}.50" for row in range(29)]], "of 'POA' in row 1"),
        ("day", ["soon", *[f"{row + 1}.5.2024" for row in range(29)]], "of 'soon' in"),
        ("half", ["yes", ""] * 15, ""),
        ("born", [f"09/19/{row + 35}" for row in range(30)], "from 1969 to 2068"),
        ("many", [f"c{row // 3}" for row in range(900)], "the 100 most frequent"),
        ("tweet id", [str(2**60 + row) for row in range(30)], "dropped: identifier"),
        ("user_id", [str(row // 2) for row in range(30)], "see --group-by"),
        ("when", ["1/2/2020", "3/4/2020"] * 15, "could also be a date, %d/%m/%Y"),
        ("PAID", [str(row) for row in range(30)], ""),
        ("year", [str(2000 + row) for row in range(30)], ""),
    ],
)
def test_the_report_says_why(name, values, message, tmp_path):
    lines = [f"{name},b,y"]
    for row, (value, y) in enumerate(zip(values, GOOD * 30)):
        lines.append(f"{value},{row * row % 23},{y}")
    (tmp_path / "t.csv").write_text("\\n".join(lines))
    *_, data_info = make_datasets(Config(data=str(tmp_path / "t.csv"), target="y"))
    assert data_info["report"][0][0] == name
    note = data_info["report"][0][-1]
    assert message in note if message else not note


@pytest.mark.parametrize("separator", [";", "\\t", "|"])
def test_other_separators_are_found(separator, tmp_path):
    (tmp_path / "t.csv").write_text(table().replace(",", separator))
    *_, data_info = make_datasets(Config(data=str(tmp_path / "t.csv"), target="y"))
    assert data_info["width"] == 1


def test_other_files_are_read_as_well(tmp_path):
    import gzip
    import polars as pl

    a = [row * row % 23 for row in range(30)]
    pl.DataFrame({"a": a, "y": GOOD}).write_parquet(tmp_path / "t.parquet")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(table().encode()))
    (tmp_path / "t.txt").write_bytes(table().encode("utf-16"))
    (tmp_path / "t[1].csv").write_bytes(table().encode())
    pl.DataFrame({"a": a, "y": GOOD}).write_parquet(tmp_path / "t[1].parquet")
    for name in ("t.parquet", "t.csv.gz", "t.txt", "t[1].csv", "t[1].parquet"):
        *_, data_info = make_datasets(Config(data=str(tmp_path / name), target="y"))
        assert data_info["width"] == 1


def test_plots_of_a_large_table_are_drawn_without_a_warning():
    """Many rows, columns and classes; one class is rare, and one has no rows."""
    import torch
    from PACKAGE import plots
    from PACKAGE.config import Config
    from PACKAGE.model import build_model

    name, x = "a name that is longer than others $", torch.rand(40_000, 60)
    classes = [f"{name} {n}" for n in range(2 if FAMILY == "binary" else 99)]
    info = {"target": name, "classes": classes, "mean": 0.0, "std": 1.0}
    info |= {"offset": 1.7e9, "unit": 1e-3, "width": 60, "counts": [1, 1]}
    info["columns"] = [{"name": f"{name} {n}"} for n in range(30)]
    info["input_names"] = [f"numbers__{n % 30}" for n in range(60)]
    model, y = build_model(Config(), info), (x[:, 0] > 0.99).long()
    y = {"binary": y.float(), "multiclass": y}.get(FAMILY, x[:, :1].exp())
    data = torch.utils.data.TensorDataset(x, y)
    figures = plots.plot_predictions(model, data, data, data, info)
    assert len(figures["importance"].axes[0].patches) == 20
    with warnings.catch_warnings(action="error"):
        for figure in figures.values():
            figure.savefig(BytesIO())
    if FAMILY != "regression":
        image = figures["confusion_matrix"].axes[0].images[0]
        assert image.get_array()[1].sum() == pytest.approx(1)


def write_excel(path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["size", "day", "colour", "member", "y"])
    for row, y in enumerate(GOOD):
        size = row * row % 23 if row % 5 else None
        day = datetime.date(2024, 5, row + 1)
        y = float(y) if FAMILY == "regression" else y
        book.active.append([size, day, "uvw"[row % 3], row % 2 == 0, y])
    book.save(path)


def test_excel_files_keep_their_types(tmp_path):
    write_excel(tmp_path / "t.xlsx")
    *_, data_info = make_datasets(Config(data=str(tmp_path / "t.xlsx"), target="y"))
    kinds = ["number", "date %Y-%m-%d", "category", "boolean"]
    assert [row[1] for row in data_info["report"]] == kinds
    row = {"size": "1", "day": "2024-05-02", "colour": "v", "member": "False"}
    x = encode_inputs(read_rows(tmp_path / "t.xlsx")[1:2], data_info)
    assert x.equal(encode_inputs([row], data_info))


def test_without_fastexcel_an_excel_file_is_refused(tmp_path, monkeypatch):
    write_excel(tmp_path / "t.xlsx")
    monkeypatch.setitem(sys.modules, "fastexcel", None)
    with pytest.raises(SystemExit, match="to read Excel, pip install fastexcel"):
        make_datasets(Config(data=str(tmp_path / "t.xlsx"), target="y"))



TABLES = Path(TABLES_FOLDER)
KINDS = {  # of the regression tables in TABLES: target, and what its columns are
    "blankline.csv": ("y", "boolean", "number"),
    "bool.csv": ("y", "boolean", "number"),
    "bool.parquet": ("y", "boolean", "number"),
    "bools.csv": ("price", "boolean", "number"),
    "date_compact.csv": ("y", "date %Y%m%d", "number"),
    "date_de.csv": ("y", "date %d.%m.%Y", "number"),
    "date_text.csv": ("y", "date %B %d %Y", "number"),
    "date_us.csv": ("y", "date %m/%d/%Y", "number"),
    "dates_dmy2.csv": ("price", "date %d-%m-%y", "category"),
    "dates_eu.csv": ("price", "date %d.%m.%Y", "category"),
    "german.csv": ("y", "number", "number"),
    "grow1.csv": ("price", "category", "number"),
    "grow2.csv": ("price", "category", "number"),
    "header_break.csv": ("price (EUR)", "number", "category"),
    "header_break_semi.csv": ("price", "number", "category"),
    "huge_offset.csv": ("price", "number"),
    "inches.csv": ("price", "number", "category"),
    "miss_dash.csv": ("y", "number", "number"),
    "money.csv": ("y", "number", "number"),
    "paid.csv": ("TOTAL", "number", "category"),
    "scale-12.csv": ("farad", "number", "number"),
    "tab_comma.csv": ("price", "number", "category"),
    "tail.csv": ("tax", "number", "number"),
    "thousands.csv": ("y", "number", "number"),
    "thousands_int_semi.csv": ("price", "number", "category"),
    "thousands_us_input.csv": ("spent", "number", "category"),
    "units.csv": ("y", "number", "number"),
}


BINARY_KINDS = {
    "classes_float.csv": ("kind", "number"),
    "decimal_comma_exponent.csv": ("Purchase", "number", "number"),
    "reviews.csv": ("score", "category", "text"),
}


def read_info(name, target):
    return make_datasets(Config(data=str(TABLES / name), target=target))[-1]


if FAMILY == "regression":

    @pytest.mark.parametrize("name", KINDS)
    def test_tables_are_read_as_people_mean_them(name):
        target, *kinds = KINDS[name]
        data_info = read_info(name, target)
        assert [row[1] for row in data_info["report"]] == kinds
        assert not any("dropped" in row[-1] for row in data_info["report"])
        unclear = {"dates_dmy2.csv"}  # 26-10-24
        assert any(row[-1] for row in data_info["report"]) == (name in unclear)
        if name.startswith(("money", "units", "miss", "german")):
            state = b64decode(data_info["transformer"])
            transformer = loads(state, trusted=["numpy.dtype"])
            mean = transformer.named_transformers_["numbers"][0].statistics_[0]
            assert 2 * mean == pytest.approx(data_info["mean"], rel=0.1)

    def test_booleans_are_read_alike_from_csv_parquet_and_json():
        data_info = read_info("bool.csv", "y")
        rows = json.loads((TABLES / "bool.json").read_text())
        x = encode_inputs(rows, data_info)
        for name in ("bool.csv", "bool.parquet"):
            same = encode_inputs(read_rows(TABLES / name)[: len(rows)], data_info)
            assert (x - same).abs().max() < 1e-6
        new = read_rows(TABLES / "bools_lower.csv")
        assert len(encode_inputs(new, read_info("bools.csv", "price"))) == len(new)

    def test_a_target_in_feet_and_inches_is_refused():
        with pytest.raises(SystemExit, match="height is not a number because of"):
            read_info("two_quotes.csv", "height")

    def test_quotes_in_fields_are_no_end_of_a_field():
        note, height = read_table(TABLES / "two_quotes.csv")[26, 1:].row(0)
        assert (note, height) == ("yes, later\\nor so", "5'9\\"")


if FAMILY == "binary":

    @pytest.mark.parametrize("name", BINARY_KINDS)
    def test_tables_are_read_as_people_mean_them(name):
        target, *kinds = BINARY_KINDS[name]
        assert [row[1] for row in read_info(name, target)["report"]] == kinds

    def test_exponents_may_follow_a_decimal_comma():
        data_info = read_info("decimal_comma_exponent.csv", "Purchase")
        texts = ("8,3e-05", "0,000083")
        rows = [{"LoyalCH": text, "PriceDiff": "0,1"} for text in texts]
        a, b = encode_inputs(rows, data_info)
        assert a.equal(b)


def test_a_field_may_be_long(tmp_path):
    (tmp_path / "t.csv").write_text(table(a=["7", "8", "x" * 200_000] * 10))
    data_info = make_datasets(Config(data=str(tmp_path / "t.csv"), target="y"))[-1]
    assert data_info["width"] == 3


def test_decimal_commas_in_all_lines_do_not_separate_columns(tmp_path):
    content = table().replace(",", ",5;").replace("a,5;y", "a, cm;y")
    (tmp_path / "t.csv").write_text(content)
    data_info = make_datasets(Config(data=str(tmp_path / "t.csv"), target="y"))[-1]
    assert list(data_info["inputs"]) == ["a, cm"]
'''


@pytest.mark.parametrize(
    "family",
    ["regression", "binary", pytest.param("multiclass", marks=pytest.mark.slow)],
)
def test_an_own_table_is_trained_and_bad_tables_are_refused(
    family: str, scaffold: Callable[..., Done], tmp_path: Path
) -> None:
    source = write_table(tmp_path / "my table.csv", family)
    answers = (f"family={family}", f"data={source}", f"target={TARGET}")
    words = [word for answer in answers for word in ("--set", answer)]
    folder = tmp_path / "mine"
    done = scaffold("new", folder, "--task", "tabular", "--defaults", *words)
    assert done.code == 0, done.err
    assert (folder / "data/my table.csv").read_bytes() == source.read_bytes()
    status = ["git", "status", "--porcelain"]
    assert subprocess.check_output(status, cwd=folder) == b""

    bad = BAD_TABLES.replace("PACKAGE", "mine").replace("FAMILY_NAME", family)
    bad = bad.replace("TABLES_FOLDER", repr(str(TABLES)))
    (folder / "tests" / "test_bad.py").write_text(bad)
    tested = run_python("-m", "pytest", "-q", folder=folder)
    assert tested.code == 0, tested.out


def answers_with(source: Path, target: str) -> dict[str, str]:
    return {"project_name": "x", "data": str(source), "target": target}


def test_a_table_without_a_target_is_refused(tmp_path: Path) -> None:
    source = write_table(tmp_path / "t.csv", "regression")
    with pytest.raises(ArgumentError, match="--set target=price"):
        render_project(TASK, answers_with(source, ""))


def test_a_penguin_column_of_another_family_is_refused() -> None:
    with pytest.raises(ArgumentError, match="species and island for family=multiclass"):
        render_project(TASK, {"project_name": "x", "target": "species"})
    answers = {"project_name": "x", "family": "multiclass", "target": "island"}
    config = render_project(TASK, answers).files["x/config.py"].data.decode()
    assert default(config, "target") == "island"


@pytest.mark.parametrize("text", ['say "hi"', "back\\slash", "x" * 71, "🙂" * 18])
def test_texts_that_do_not_fit_into_the_settings_are_refused(
    text: str, tmp_path: Path
) -> None:
    source = write_table(tmp_path / "t.csv", "regression")
    with pytest.raises(ArgumentError, match="without quotes and backslashes"):
        render_project(TASK, answers_with(source, text))
    if len(text) < 20 and "\\" not in text:
        with pytest.raises(ArgumentError, match="use a file name without quotes"):
            render_project(TASK, answers_with(source.rename(tmp_path / text), "y"))


ACCEPTED = [
    "price",
    "it's worth €",
    "{{ 7 * 7 }} {% raw %} {# no #}",
    "# {% if x %} # hash",
    "emoji 🙂 and é, 中文",
    "$HOME `id` %s %(x)s",
    " spaces around ",
    "null",
    "x" * 70,
    "word " * 14,
    "中文 " * 10,
]


def test_all_other_texts_arrive_as_typed_in_code_that_stays_formatted(
    tmp_path: Path,
) -> None:
    for number, text in enumerate(ACCEPTED):
        source = write_table(tmp_path / f"{text[:20]}.csv", "regression")
        files = render_project(TASK, answers_with(source, text)).files
        config = files["x/config.py"].data.decode()
        assert default(config, "target") == text
        assert default(config, "data") == source.name
        (tmp_path / f"config_{number}.py").write_text(config)
        (tmp_path / "pyproject.toml").write_bytes(files["pyproject.toml"].data)
    for words in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *words, "--no-cache", "."]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def default(config: str, name: str) -> str:
    """Return the default of a field of `Config`, as Python reads it."""
    fields = {
        ast.unparse(node.target): node.value
        for node in ast.walk(ast.parse(config))
        if isinstance(node, ast.AnnAssign)
    }
    call = fields[name]
    assert isinstance(call, ast.Call)
    return str(ast.literal_eval(call.args[0]))


def test_new_infers_what_the_project_takes() -> None:
    """The parser of `new` is another one than that of the project."""
    (kinds,) = re.findall(r"^KINDS = (\{.*?\n\})", BAD_TABLES, re.DOTALL | re.MULTILINE)
    for name, (target, *_) in ast.literal_eval(kinds).items():
        family = check_table(TABLES / name, target, "")
        assert family == ("" if name.endswith(".parquet") else "regression"), name


def new_with(scaffold: Callable[..., Done], *answers: str) -> Done:
    words = [word for answer in answers for word in ("--set", answer)]
    return scaffold("new", "p", "--task", "tabular", "--defaults", "--dry-run", *words)


@pytest.mark.parametrize(
    ("name", "target", "family"),
    [
        ("money.csv", "y", "regression"),
        ("german.csv", "y", "regression"),
        ("classes_float.csv", "kind", "binary"),
        ("header_break.csv", "price (EUR)", "regression"),
    ],
)
def test_new_infers_the_family_from_the_target(
    name: str, target: str, family: str, scaffold: Callable[..., Done]
) -> None:
    done = new_with(scaffold, f"data={TABLES / name}", f"target={target}")
    assert done.code == 0, done.err
    assert f"family: {family}, from the values of {target}" in done.err


@pytest.mark.parametrize(
    ("content", "answers", "message"),
    [
        ("x,y\n" + "1,2\n" * 9, ("target=z",), "no column 'z'; did you mean|choose"),
        ("x,y\n" + "1,a\n2,b\n3,c\n" * 9, ("target=y", "family=binary"), "multiclass"),
        ("x,y\n" + "1,a\n2,b\n" * 9, ("target=y", "family=regression"), "binary"),
        ("x,y\n1,é\n".encode("latin-1"), ("target=y",), "save it as CSV UTF-8"),
        ("x,y\n1,2\n3\n", ("target=y",), "line 3: expected 2 values, got 1"),
        (
            gzip.compress(b"x,y\n" * 99, mtime=0)[:12] + b"\xff" * 9,
            ("target=y",),
            "cannot read",
        ),
    ],
)
def test_new_refuses_what_the_project_could_not_train(
    content: str | bytes,
    answers: tuple[str, ...],
    message: str,
    scaffold: Callable[..., Done],
    tmp_path: Path,
) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "t.csv").write_bytes(data)
    done = new_with(scaffold, f"data={tmp_path / 't.csv'}", *answers)
    assert done.code == 2
    assert re.search(message, done.err)
    assert done.err.count("\n") == 1
