"""The ways to predict rows of a table give the same predictions."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import make_project, run_python

AGREE = Path(__file__).with_name("agree.py")
SCRIPT = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
WAYS = ("predict CSV", "predict Parquet", "serve CSV", "serve JSON")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "seed"),
    [
        ("regression", 0),
        ("regression", 1),
        ("binary", 2),
        ("binary", 3),
        ("multiclass", 4),
        ("multiclass", 5),
    ],
)
def test_predict_and_serve_agree_on_1000_rows_in_all_formats(
    family: str, seed: int, tmp_path: Path
) -> None:
    words = ["--task", "tabular", "--with", "serve", "--set", f"family={family}"]
    folder = make_project(tmp_path, "x", ["--no-git", *words])
    done = run_python(AGREE, "x", family, str(seed), folder=folder)
    assert done.code == 0, done.err
    lines = done.out.splitlines()[-len(WAYS) :]
    assert lines == [f"{way}: 0 of 1000 differ" for way in WAYS]


def write_rows(path: Path, family: str) -> None:
    """Write a table of which some values are missing."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["size", "flag", "day", "at", "colour", "words", "y"])
        for n in range(60):
            y = {"regression": n * n + 0.5, "binary": n % 2, "multiclass": n % 3}
            day, at = f"2024-0{n % 9 + 1}-15", f"2024-03-{n % 28 + 1:02} {n % 24}:30"
            size, colour = n * 7 % 23, "uvw"[n % 3]
            words = f"as number {n} of {60 - n}"
            gaps = ("", n % 2 == 0, "", at, "", words) if n % 9 == 1 else None
            values = gaps or (size, n % 2 == 0, day, at, colour, words)
            writer.writerow([*values, y[family]])


@pytest.mark.slow
@pytest.mark.parametrize("family", ["regression", "binary", "multiclass"])
def test_the_script_of_the_readme_predicts_without_the_project(
    family: str, tmp_path: Path
) -> None:
    words = ["--task", "tabular", "--with", "export", "--set", f"family={family}"]
    folder, alone = make_project(tmp_path, "x", ["--no-git", *words]), tmp_path / "y"
    write_rows(folder / "t.csv", family)
    train = ("train", "--data", "t.csv", "--target", "y", "--epochs", "3")
    predict = ("predict", "--input", "t.csv")
    done = [
        run_python("-m", "x", *w, folder=folder) for w in (train, ("export",), predict)
    ]
    assert [result.code for result in done] == [0, 0, 0]

    alone.mkdir()
    shutil.copy(folder / "runs/001/model.pt2", alone)
    (alone / "rows.json").write_text(json.dumps(read_rows(folder / "t.csv")))
    (script,) = SCRIPT.findall((folder / "README.md").read_text())
    code = (
        f"import sys; sys.modules['x'] = None\n{script}\nprint(*predictions, sep='\\n')"
    )
    found = run_python("-c", code, folder=alone)
    assert found.code == 0, found.err
    expected = [line.partition(" (p")[0] for line in done[-1].out.splitlines()]
    if family == "regression":
        values = [float(line) for line in expected]
        assert list(map(float, found.out.split())) == pytest.approx(values, rel=1e-3)
    else:
        assert found.out.splitlines() == expected


def read_rows(path: Path) -> list[dict[str, object]]:
    """Return the rows of `write_rows` as JSON has them."""
    rows = list(csv.DictReader(path.read_text().splitlines()))
    return [
        {name: value or None for name, value in row.items()}
        | {
            "size": float(row["size"]) if row["size"] else None,
            "flag": row["flag"] == "True",
            "at": re.sub(r" (\d):", r" 0\1:", row["at"]),
        }
        for row in rows
    ]
