"""What columns hold, how rows are split, and how the target is encoded."""

import polars as pl
import pytest

from package import loss, preprocessing, target
from package.columns import infer_column, infer_columns
from package.config import Config
from package.data import to_text
from package.selection import split_rows
from package.values import clean, parse


# {% if family == "regression" %}
@pytest.mark.parametrize(("offset", "scale"), [(1.7e9, 1.0), (0.0, 1e-12), (5.0, 1.0)])
def test_targets_of_any_size_keep_their_digits(offset, scale):
    values = pl.Series([offset + scale * n for n in range(20)])
    data_info = target.fit_target(values, list(range(20)))
    y = target.encode_target(values, data_info)
    assert y.std() > 0.01
    found = loss.to_values(y, data_info)
    assert found == pytest.approx(values.to_list(), rel=0, abs=1e-5 * scale)


# {% else %}
def test_classes_are_sorted_and_numbered():
    values = pl.Series(["10", "9", None, "10"])
    data_info = target.fit_target(values, [0, 1])
    assert data_info["classes"] == ["9", "10"]
    assert target.encode_target(values, data_info).tolist() == [1, 0, -1, 1]
    assert loss.METRIC == "accuracy"


# {% endif %}
def test_each_row_with_a_target_is_in_exactly_one_set():
    target = pl.Series([None] * 10 + ["yes"] * 60 + ["no"] * 30)
    train, validation, test = split_rows(target, {}, Config())
    assert sorted(train + validation + test) == list(range(10, 100))
    assert (len(train), len(validation), len(test)) == (54, 18, 18)


def test_rows_with_equal_values_stay_in_one_set():
    target, person = pl.Series(range(60)), pl.Series([n % 12 for n in range(60)])
    splits = split_rows(target, {"person": person}, Config(group_by="person"))
    groups = [set(person[rows].to_list()) for rows in splits]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 12


def test_the_last_rows_by_date_are_the_test_set():
    target, day = pl.Series(range(10)), pl.Series([9.0 - n for n in range(10)])
    _, _, test = split_rows(target, {"day": day}, Config(order_by="day"))
    assert sorted(test) == [0, 1]


def test_of_equally_frequent_categories_every_run_keeps_the_same():
    names = [f"{number:03}" for number in range(2 * preprocessing.MAX_CATEGORIES)]
    values = pl.Series("colour", names * 2).shuffle(seed=1)
    assert preprocessing.list_frequent(values) == names[: preprocessing.MAX_CATEGORIES]


@pytest.mark.parametrize(
    ("texts", "kind", "values"),
    [
        (["$1,500.50", "-$3"], "number", [1500.5, -3]),
        (["1.500,50", "3"], "number", [1500.5, 3]),
        (["12 %", "5.5 %"], "number", [12, 5.5]),
        (["1", "-", "3"], "number", [1, None, 3]),
        (["TRUE", "False"], "boolean", [1, 0]),
        (["31.12.1970", "2.1.1970"], "date", [364, 1]),
        (["Jan 2 1970 6:00 PM", "Feb 1 1970 12:00 AM"], "date", [1.75, 31]),
        (["1970-01-02T06:00:00+06:00", "1970-01-01 21:30-0230"], "date", [1, 1]),
        (["5 kg", "5 g"], "category", ["5 kg", "5 g"]),
        (["01234", "98765"], "category", ["01234", "98765"]),
    ],
)
def test_values_are_read_as_people_write_them(texts, kind, values):
    raw = clean(pl.Series("a", texts))
    column = infer_column(raw)
    assert column["kind"] == kind
    assert parse(raw, column).to_list() == values


def test_a_value_has_one_spelling():
    column = infer_column(clean(pl.Series("a", ["true", "False"])))
    texts = [to_text(value, column) for value in (True, 1, 1.0)]
    values = clean(pl.Series("a", [*texts, "TRUE", " True", "1.0"]))
    assert parse(values, column).to_list() == [1] * 6


def test_other_columns_say_what_a_comma_means():
    sizes, prices = pl.Series("a", ["1,234", "5,678"]), pl.Series("b", ["0,5", "7"])
    (alone,) = infer_columns([sizes], {})
    assert "could also be" in alone["note"]
    with_prices = infer_columns([sizes, prices], {})
    assert parse(sizes, with_prices[0]).to_list() == [1.234, 5.678]
