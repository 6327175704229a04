"""What a learner wrote in an exercise is never in conflict with its new wording."""

import json
import re

import pytest
from conftest import FEATURES, NAMES

from scaffold.catalog.plugins import Plugin, find_feature, find_task
from scaffold.compose.recipe import Recipe
from scaffold.compose.rules import resolve
from scaffold.project.blobs import Blob, Blobs, to_blobs
from scaffold.project.create import render_project
from scaffold.project.exercise_regions import find_regions
from scaffold.update.merge import Row, merge

STEP = """\
        # exercise {number}: {title}
        raise NotImplementedError(
            "exercise {number}: {task}"
        )
        # end of exercise {number}
"""
FILE = """\
\"\"\"The loop.\"\"\"


def train_epoch(model, batches, loss_fn, optimizer):
    \"\"\"Train on every batch once.\"\"\"
    for x, y in batches:
        x, y = x.to("cpu"), y.to("cpu")
{step}
        total += loss.item()
    return total
"""
OPEN = {"number": 5, "title": "the step", "task": "Write the step"}
ANSWER = "        loss = loss_fn(model(x), y)\n        loss.backward()\n"


def written(**changed: object) -> str:
    """Return the file with an open exercise."""
    return FILE.format(step=STEP.format(**{**OPEN, **changed}))


def answered(text: str, marks: bool = True) -> str:
    """Return the file with an answer, with or without the marks of the exercise."""
    head, _, rest = text.partition("        # exercise")
    first, _, rest = rest.partition("\n")
    _, _, rest = rest.partition("        # end of exercise")
    number, _, rest = rest.partition("\n")
    if not marks:
        return head + ANSWER + rest
    start, end = f"        # exercise{first}\n", f"        # end of exercise{number}\n"
    return head + start + ANSWER + end + rest


def merge_one(base: str, ours: str, theirs: str, path: str = "engine.py") -> Row:
    """Return the row of a file, which all three sides have."""
    sides = ({path: Blob("100644", text.encode())} for text in (base, ours, theirs))
    (row,) = merge(*sides)
    return row


def text_of(row: Row) -> str:
    """Return the result of a row."""
    assert row.result
    return row.result.data.decode()


@pytest.mark.parametrize("marks", [True, False], ids=["marks kept", "marks deleted"])
def test_a_reworded_exercise_leaves_an_answer_alone_and_says_the_new_wording(
    marks: bool,
) -> None:
    mine = answered(written(), marks)
    row = merge_one(written(), mine, written(task="Write all five steps"))
    assert (row.kind, row.changed) == ("merged", False)
    assert text_of(row) == mine
    assert row.note == ("exercise 5 reworded, your answer kept: Write all five steps")


@pytest.mark.parametrize("marks", [True, False], ids=["marks kept", "marks deleted"])
def test_a_fix_outside_of_an_answered_exercise_arrives(marks: bool) -> None:
    fixed = written(task="Write all five steps").replace(
        "loss.item()", "loss.item() * n"
    )
    row = merge_one(written(), answered(written(), marks), fixed)
    assert row.kind == "merged"
    assert text_of(row) == answered(written(), marks).replace("item()", "item() * n")
    assert row.note.startswith("with your edits; exercise 5 reworded, your answer kept")


def test_an_open_exercise_gets_the_new_wording() -> None:
    mine = written().replace("Train on", "My train on")
    row = merge_one(written(), mine, written(task="Write all five steps"))
    assert row.note == "with your edits"
    assert '"exercise 5: Write all five steps"' in text_of(row)
    assert "My train on" in text_of(row)


def test_an_answer_moves_to_the_new_number_and_title_of_its_exercise() -> None:
    theirs = written(number=6, title="the step")
    mine = answered(written())
    assert text_of(merge_one(written(), mine, theirs)) == answered(theirs)
    theirs = written(number=5, title="the five steps")
    assert text_of(merge_one(written(), mine, theirs)) == answered(theirs)


def test_an_exercise_that_is_added_before_an_answered_one_is_open() -> None:
    first = STEP.format(number=5, title="the forward pass", task="Compute outputs")
    place = '    """Train on every batch once."""\n'
    theirs = written(number=6).replace(place, place + first + "\n")
    row = merge_one(written(), answered(written()), theirs)
    assert row.kind == "merged"
    assert text_of(row) == answered(written(number=6)).replace(
        place, place + first + "\n"
    )


def test_each_place_of_an_exercise_is_kept_by_itself() -> None:
    both = written() + "\n\n" + written()
    half = answered(written()) + "\n\n" + written()
    new = written(task="Do it") + "\n\n" + written(task="Do it")
    row = merge_one(both, half, new)
    assert text_of(row) == answered(written()) + "\n\n" + written(task="Do it")


def test_an_answer_with_windows_line_ends_is_kept() -> None:
    mine = answered(written()).replace("\n", "\r\n")
    row = merge_one(written(), mine, written(task="Write all five steps"))
    assert not row.changed
    assert "reworded" in row.note


def test_an_answer_in_a_notebook_is_kept() -> None:
    def cell(text: str) -> str:
        document = {"cells": [{"source": text.splitlines(keepends=True)}]}
        return json.dumps(document, indent=1) + "\n"

    mine = cell(answered(written()))
    new = cell(written(task="Write all five steps"))
    row = merge_one(cell(written()), mine, new, "walkthrough.ipynb")
    assert not row.changed
    assert "your answer kept" in row.note


def test_both_versions_are_shown_where_a_fix_and_an_edit_outside_differ() -> None:
    mine = answered(written()).replace("total += loss.item()", "total += float(loss)")
    fixed = written(task="Write it").replace(
        "total += loss.item()", "total += 2 * loss"
    )
    row = merge_one(written(), mine, fixed)
    assert row.kind == "conflict"
    assert row.note.startswith("1 conflict; exercise 5 reworded, your answer kept")
    assert ANSWER in text_of(row)


# every task and feature

TASK = re.compile(rb'"exercise \d+: ')


def exercises_of(task: str, *features: Plugin) -> Blobs:
    """Return a project in which all exercises are open."""
    plugin = find_task(task)
    plugins = (plugin, *resolve(plugin, features, find_feature))
    recipe = Recipe(plugins, variant="exercise")
    return to_blobs(render_project(recipe, {"project_name": "hw"}).files)


def answer_all(project: Blobs, marks: bool) -> dict[str, Blob]:
    """Return a project with an answer in each exercise."""
    answered = dict(project)
    for path, blob in project.items():
        data = blob.data
        for region in reversed(find_regions(data) if path.endswith(".py") else []):
            start, end = region.inner if marks else region.whole
            lines = region.indent + b"answer = 1\n"
            data = data[:start] + lines * 3 + data[end + (not marks) :]
        answered[path] = blob._replace(data=data)
    return answered


@pytest.mark.parametrize("marks", [True, False], ids=["marks kept", "marks deleted"])
@pytest.mark.parametrize("task", NAMES)
def test_new_words_for_all_exercises_conflict_with_no_answer(
    task: str, marks: bool
) -> None:
    base = exercises_of(task)
    ours = answer_all(base, marks)
    theirs = {
        path: blob._replace(data=TASK.sub(rb"\g<0>In short: ", blob.data))
        for path, blob in base.items()
    }
    found = [row for row in merge(base, ours, theirs) if row.path.endswith(".py")]
    assert len(found) >= 4
    for row in found:
        assert (row.kind, row.result) == ("merged", ours[row.path])
        assert "your answer kept" in row.note


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_a_feature_conflicts_with_no_answer(feature: Plugin) -> None:
    """Except where it has files of the core in another form."""
    base, theirs = exercises_of("digits"), exercises_of("digits", feature)
    replaced = {p.replace("{{ package }}/", "hw/") for p in feature.feature.replaces}
    for marks in (True, False):
        rows = merge(base, answer_all(base, marks), theirs)
        assert {row.path for row in rows if row.kind == "conflict"} <= replaced
