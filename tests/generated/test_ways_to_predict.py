"""The ways to predict rows of a table give the same predictions."""

from pathlib import Path

import pytest
from conftest import make_project, run_python

AGREE = Path(__file__).with_name("agree.py")
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
