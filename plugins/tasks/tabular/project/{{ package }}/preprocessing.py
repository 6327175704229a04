"""Preprocess columns with scikit-learn: fit on the training set, transform any rows."""

import sys
from base64 import b64decode, b64encode
from functools import lru_cache
from math import tau
from zipfile import ZIP_DEFLATED

import polars as pl
import torch
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from skops import io
from torch import Tensor

from .amounts import Column

Table = dict[str, pl.Series]  # columns by name
MAX_CATEGORIES = 100  # of a column; rarer ones are ignored
MAX_WORDS = 300  # of a column of text
LARGEST = 1e4  # larger z-scores are clipped
CYCLES = (365.2425, 7, 1)  # days of a year, a week and a day
MAX_ROWS = 200_000  # of the training set, to fit; every second, third, ... of more
PART = 20_000  # rows that are transformed at a time, to save memory


def to_frame(table: Table, columns: list[Column]) -> pl.DataFrame:
    """Return columns, called "0", "1", ..., and the place of dates in their cycles."""
    frame = {}
    for number, column in enumerate(columns):
        values = frame[str(number)] = table[column["name"]]
        if column["kind"] == "text":
            frame[str(number)] = values.fill_null("")
        # why: a year and a week are circles: 31 December is close to 1 January.
        for days in CYCLES if column["kind"] == "date" else ():
            angle = values.fill_null(0) % days * tau / days
            frame[f"{number} sine {days}"] = angle.sin()
            frame[f"{number} cosine {days}"] = angle.cos()
    return pl.DataFrame(frame)


# why: fitted on the training set only. Statistics of the other sets would leak
# information about them into training.
def fit_transformer(
    frame: pl.DataFrame, columns: list[Column], train: list[int]
) -> ColumnTransformer:
    """Return the transformer from rows to inputs, fitted on the rows `train`."""
    kinds = {str(number): column["kind"] for number, column in enumerate(columns)}
    texts = [name for name, kind in kinds.items() if kind == "text"]
    categories = [name for name, kind in kinds.items() if kind == "category"]
    numbers = [name for name in kinds if name not in {*texts, *categories}]
    cycles = [name for name in frame.columns if name not in kinds]
    # why: a value that occurs once tells nothing of others; it is ignored, as new ones.
    frequent = [list_frequent(frame[name][train]) for name in categories]
    one_hot = OneHotEncoder(categories=frequent, handle_unknown="ignore")
    # why: a missing indicator, as it may matter that a value is missing.
    impute = SimpleImputer(add_indicator=True)
    transformers = [
        ("numbers", make_pipeline(impute, StandardScaler()), numbers),
        ("cycles", VarianceThreshold(), cycles),  # none of a day without times
        ("categories", one_hot, categories),
        *((name, TfidfVectorizer(max_features=MAX_WORDS), name) for name in texts),
    ]
    few = train[:: 1 + len(train) // MAX_ROWS]
    return ColumnTransformer(transformers, sparse_threshold=0).fit(frame[few])


def list_frequent(values: pl.Series) -> list[str]:
    """Return the most frequent values of a column that occur more than once, sorted."""
    counts = values.drop_nulls().value_counts().filter(pl.col("count") > 1)
    # why: by name, too: of categories with one count, each run has to keep the same.
    counts = counts.sort("count", values.name, descending=[True, False])
    return sorted(counts[values.name].head(MAX_CATEGORIES))


def fit_transform(
    table: Table, columns: list[Column], train: list[int]
) -> tuple[Tensor, dict]:
    """Return the inputs of the model, and what was fitted, as data info."""
    frame = to_frame(table, columns)
    transformer = fit_transformer(frame, columns, train)
    names = transformer.get_feature_names_out().tolist()  # such as categories__2_red
    # why: unlike a pickle, this cannot run code when it is loaded.
    state = b64encode(io.dumps(transformer, compression=ZIP_DEFLATED)).decode()
    fitted = {"width": len(names), "input_names": names, "transformer": state}
    return to_inputs(frame, transformer), fitted


def transform(table: Table, data_info: dict) -> Tensor:
    """Return the inputs of the model, and print which values training had not."""
    frame, known = to_frame(table, data_info["columns"]), set(data_info["input_names"])
    for number, column in enumerate(data_info["columns"]):
        values, note = frame[str(number)], ""
        if column["kind"] == "category":
            names = f"categories__{number}_" + values.drop_nulls()
            new = values.drop_nulls().filter(~names.is_in(known))
            if len(new):
                note = f"{new[0]!r} not seen in training, or rarely; {len(new)} rows"
        elif values.has_nulls() and f"numbers__missingindicator_{number}" not in known:
            note = f"missing in {values.null_count()} rows; the mean is used"
        if note:
            print(f"note: {column['name']}: {note}", file=sys.stderr)
    return to_inputs(frame, load_transformer(data_info["transformer"]))


@lru_cache(maxsize=1)
def load_transformer(state: str) -> ColumnTransformer:
    """Return a transformer from data info; cached, since `serve` needs it often."""
    return io.loads(b64decode(state), trusted=["numpy.dtype"])


def to_inputs(frame: pl.DataFrame, transformer: ColumnTransformer) -> Tensor:
    """Return the inputs of the model as float32: (N, width)."""
    parts = map(transformer.transform, frame.iter_slices(PART))
    return torch.cat([torch.tensor(x).clip(-LARGEST, LARGEST).float() for x in parts])
