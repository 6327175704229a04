"""Run inside a project of `tabular` with the feature serve: three ways to predict.

`agree.py PACKAGE FAMILY SEED` trains on a random table of 400 rows, and predicts 1,000
others by `predict` and `serve`, from CSV, Parquet and JSON; all must print the same.
"""

import contextlib
import csv
import importlib
import io
import json
import random
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from fastapi.testclient import TestClient

PACKAGE, FAMILY, SEED = sys.argv[1], sys.argv[2], int(sys.argv[3])
Row = dict[str, Any]
WORDS = ["good", "bad", "soft", "hard", "long", "short", "new", "old", "big", "small"]
CHANCE = random.Random(SEED)
MARK = CHANCE.choice(".,")
UNIT = CHANCE.choice([("$", ""), ("", " kg"), ("", "")])
DAY = CHANCE.choice(["%Y-%m-%d", "%d.%m.%Y", "%b %d %Y"])


def make_row(new: bool) -> Row:
    """Return values as Python has them; new rows have values that training had not."""
    unseen = new and CHANCE.random() < 0.1
    return {
        "size, m": round(CHANCE.uniform(-99, 99), 2),
        "price": round(CHANCE.uniform(1000, 9_999_999), 2),
        "gap": None if CHANCE.random() < 0.2 else CHANCE.randint(0, 20),
        "flag": CHANCE.random() < 0.5,
        "day": date(2020, 1, 1) + timedelta(CHANCE.randrange(2000)),
        "colour é": "pink"
        if unseen
        else CHANCE.choice(["red", "a, b", 'say "x"', None]),
        "opinion": " ".join(CHANCE.choices(WORDS, k=6)),
    }


def to_target(row: Row) -> str:
    value = row["size, m"] + 50 * row["flag"] + 3 * (row["gap"] or 0)
    if FAMILY == "regression":
        return f"{value:.2f}".replace(".", MARK)
    return "yes" if value > 60 else "no" if FAMILY == "binary" or value < 0 else "maybe"


def to_texts(row: Row) -> dict[str, str]:
    """Return a row as a person would write it into a CSV file."""
    texts = {name: "" if value is None else str(value) for name, value in row.items()}
    number = f"{row['price']:,.2f}".translate(
        {44: "." if MARK == "," else ",", 46: MARK}
    )
    texts["price"] = UNIT[0] + number + UNIT[1]
    texts["size, m"] = texts["size, m"].replace(".", MARK)
    return texts | {"day": row["day"].strftime(DAY), "flag": str(row["flag"]).upper()}


def to_csv(rows: list[dict[str, str]], separator: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def train() -> None:
    rows = [make_row(new=False) for _ in range(400)]
    texts = [to_texts(row) | {"y": to_target(row)} for row in rows]
    Path("train.csv").write_text(to_csv(texts, ";"), encoding="utf-8")
    config = importlib.import_module(f"{PACKAGE}.config").Config
    run = importlib.import_module(f"{PACKAGE}.train").train
    run(config(data="train.csv", target="y", epochs=3, device="cpu"))


def predict(path: str) -> list[str]:
    """Return the lines that the command `predict` prints."""
    command, out = importlib.import_module(f"{PACKAGE}.__main__").predict, io.StringIO()
    with contextlib.redirect_stdout(out):
        command(input=Path(path))
    return out.getvalue().splitlines()


def ask(client: TestClient, body: str, kind: str) -> list[str]:
    """Return the predictions of the service, as `predict` prints them."""
    headers = {"Content-Type": kind}
    answer = client.post("/predict", content=body.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    predictions = answer.json()["predictions"]
    if FAMILY == "regression":
        info = json.loads(Path("runs/001/data_info.json").read_text())["data_info"]
        return [f"{value:.{info['digits']}g}" for value in predictions]
    return [f"{p['class']} (p = {p['probability']:.4g})" for p in predictions]


def main() -> None:
    train()
    rows = [make_row(new=True) for _ in range(1000)]
    texts = [to_texts(row) for row in rows]
    Path("new.csv").write_text(to_csv(texts, ";"), encoding="utf-8")
    pl.DataFrame(rows, infer_schema_length=None).write_parquet("new.parquet")
    app = importlib.import_module(f"{PACKAGE}.serving.app")
    client = TestClient(app.make_app(), base_url="http://127.0.0.1")
    answers = {
        "predict CSV": predict("new.csv"),
        "predict Parquet": predict("new.parquet"),
        "serve CSV": ask(client, to_csv(texts), "text/csv"),
        "serve JSON": ask(client, json.dumps(rows, default=str), "application/json"),
    }
    expected = answers["predict CSV"]
    assert len(expected) == 1000
    for name, found in answers.items():
        differ = sum(a != b for a, b in zip(expected, found, strict=True))
        print(f"{name}: {differ} of {len(found)} differ")


if __name__ == "__main__":
    sys.path.insert(0, ".")
    main()
