"""Fit the preprocessing of each column on the training set."""

import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer

from .columns import ID_NAME
from .values import Column

Table = dict[str, pl.Series]  # columns by name
MAX_CATEGORIES = 100  # of a column; rarer ones share the last input
MAX_WORDS = 300  # of a column of text
ROW_NAMES = [
    "column 1",
    "index",
    "unnamed: 0",
    "__index_level_0__",
    "rownames",
    "row",
]


def fit_columns(
    raw: Table,
    table: Table,
    columns: dict[str, Column],
    dropped: list[str],
    train: list,
) -> tuple[list[Column], list[list]]:
    """Return the useful columns, fitted, and a row of the report for every column."""
    fitted, report = [], []
    for name, column in columns.items():
        values = table[name]
        reason = "--drop" if name in dropped else drop_reason(values, column, train)
        if not reason:
            column = fit(values[train], column)
            reason = "" if column["width"] else "no value occurs twice"
        if not reason:
            fitted.append(column)
        known, missing = raw[name].filter(values.is_not_null()), values.null_count()
        example = str(known[0]) if len(known) else ""
        form = column["form"] if column["kind"] == "date" else ""
        note = f"dropped: {reason}" if reason else column.get("note", "")
        report.append(
            [name, f"{column['kind']} {form}".strip(), example, missing, note]
        )
    if not fitted:
        raise ValueError("no input columns are left; add some to the table")
    return fitted, report


def drop_reason(values: pl.Series, column: Column, train: list[int]) -> str:
    """Return why a column is of no use, or ""."""
    known, used = values.drop_nulls(), values[train]
    if used.min() == used.max():
        return "constant" if len(known) else "all values missing"
    is_id = ID_NAME.search(values.name) and column["kind"] in ("number", "category")
    is_index = values.name.lower() in ROW_NAMES and column["kind"] == "number"
    if not (is_id or is_index) or values.has_nulls() or not known.is_unique().all():
        return ""
    consecutive = is_index and known.max() - known.min() + 1 == len(known)
    whole = consecutive and (known % 1 == 0).all()
    return "identifier" if is_id else "row number" if whole else ""


# why: fitted on the training set only. Statistics of the other sets would leak
# information about them into training.
def fit(values: pl.Series, column: Column) -> Column:
    """Return a column with fitted parameters and `width`, its number of inputs."""
    missing = values.has_nulls()
    if column["kind"] == "category":
        counts = (
            values.drop_nulls().value_counts(name="rows").filter(pl.col("rows") > 1)
        )
        counts = counts.sort("rows", values.name, descending=[True, False])
        names = counts[values.name].head(MAX_CATEGORIES).to_list()
        width = len(names) + 1 if names else 0
        return {**column, "missing": missing, "categories": names, "width": width}
    if column["kind"] == "text":
        return {**column, "missing": missing, **fit_words(values)}
    # why: a constant column has standard deviation 0; divide by 1 instead.
    scale = {"mean": values.mean() or 0.0, "std": values.std() or 1.0}
    if column["kind"] == "date":
        scale["timed"] = bool((values % 1 != 0).any())
        return {
            **column,
            "missing": missing,
            **scale,
            "width": 5 + missing + 2 * scale["timed"],
        }
    return {**column, "missing": missing, **scale, "width": 1 + missing}


def fit_words(texts: pl.Series) -> Column:
    """Return the words of a column of text, and the weight of each."""
    vectorizer = TfidfVectorizer(min_df=2, max_features=MAX_WORDS)
    try:
        vectorizer.fit(texts.drop_nulls().to_list())
    except ValueError:  # no word occurs twice
        return {"words": [], "idf": [], "width": 0}
    words = vectorizer.get_feature_names_out().tolist()
    return {"words": words, "idf": vectorizer.idf_.tolist(), "width": len(words)}
