"""`--set language=ko`: lesson comments in another language."""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import NAMES, Done
from updates import commit, replace

from scaffold.catalog.plugins import find_feature, find_task
from scaffold.compose.comments import find_blocks
from scaffold.compose.composition import (
    compose,
    insert_lines,
    list_layers,
    stack_layers,
)
from scaffold.compose.lessons import read_lessons, to_text
from scaffold.compose.recipe import Recipe
from scaffold.errors import PluginError
from scaffold.project.create import render_project, write_tree
from scaffold.tree import target

Scaffold = Callable[..., Done]
TRANSLATED = ("line", "circle")


def is_korean(text: str) -> bool:
    return any("\uac00" <= character <= "\ud7a3" for character in text)


def code(recipe: Recipe) -> dict[str, str]:
    """Return the Python files of a project as text."""
    files = render_project(recipe, {"project_name": "hw"}).files
    return {p: file.data.decode() for p, file in files.items() if p.endswith(".py")}


def english_comments(recipe: Recipe) -> set[tuple[str, str]]:
    """Return file and text of all lesson comments, for all answers."""
    layers = list_layers(recipe)
    return {
        (target(path), to_text(block))
        for path, file in insert_lines(stack_layers(layers), layers).items()
        if path.endswith(".py")
        for block in find_blocks(file.data.decode())
    }


@pytest.mark.parametrize("task", TRANSLATED)
def test_no_translation_is_missing_or_outdated(task: str) -> None:
    recipe = Recipe((find_task(task), find_feature("notebook")))
    comments = english_comments(recipe)
    folders = [layer.overlay.parent for layer in list_layers(recipe)]
    translated = {
        (path, text)
        for path, texts in read_lessons(folders, "ko").items()
        for text in texts
    }
    assert sorted(comments - translated) == []  # missing
    assert sorted(translated - comments) == []  # outdated
    assert len(comments) > 8


@pytest.mark.parametrize("task", NAMES)
def test_languages_differ_in_comments_only(task: str) -> None:
    english, korean = (
        code(Recipe((find_task(task),), language=n)) for n in ("en", "ko")
    )
    assert english.keys() == korean.keys()
    for path, text in english.items():
        assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(korean[path])), path
        assert len(find_blocks(text)) == len(find_blocks(korean[path]))
        assert not is_korean(text)
    assert is_korean("".join(korean.values()))


@pytest.mark.parametrize("task", TRANSLATED)
def test_each_lesson_comment_is_korean(task: str) -> None:
    for text in code(Recipe((find_task(task),), language="ko")).values():
        for block in find_blocks(text):
            assert is_korean(to_text(block))


@pytest.mark.parametrize("task", TRANSLATED)
def test_each_file_has_the_english_of_its_terms_once(task: str) -> None:
    folders = [
        layer.overlay.parent for layer in list_layers(Recipe((find_task(task),)))
    ]
    for path, texts in read_lessons(folders, "ko").items():
        terms = re.findall(r"\(([a-z][a-z -]+)\)", " ".join(texts.values()))
        assert terms, path
        assert len(terms) == len(set(terms)), path


def test_the_cells_of_a_notebook_are_korean() -> None:
    plugins = (find_task("circle"), find_feature("notebook"))
    recipe = Recipe(plugins, language="ko")
    files = render_project(recipe, {"project_name": "hw"}).files
    cells = json.loads(files["notebooks/walkthrough.ipynb"].data)["cells"]
    texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    lessons = [text for text in texts if not text.startswith("#")]
    assert len(lessons) == 8
    assert all(map(is_korean, lessons))
    assert "`python -m hw train`도 같은 일을 합니다." in "".join(lessons)


def test_a_korean_project_without_lesson_comments_has_none() -> None:
    task = (find_task("circle"),)
    assert code(Recipe(task, "brief", language="ko")) == code(Recipe(task, "brief"))


def test_every_korean_project_is_clean(tmp_path: Path) -> None:
    for task in NAMES:
        variant = "exercise" if task in TRANSLATED else "solution"
        recipe = Recipe((find_task(task),), variant=variant, language="ko")
        files = render_project(recipe, {"project_name": "hw"}).files
        (tmp_path / task).mkdir()
        write_tree(files, tmp_path / task)
    for words in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *words, "--no-cache", "."]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_a_feature_that_replaces_a_file_takes_what_is_translated() -> None:
    recipe = Recipe((find_task("circle"), find_feature("scale")), language="ko")
    texts = [to_text(block) for block in find_blocks(code(recipe)["hw/train.py"])]
    assert {is_korean(text) for text in texts} == {True, False}


@pytest.fixture
def rings(tmp_path: Path) -> Path:
    """Return a plugin like `circle`, of another name."""
    folder = Path(shutil.copytree(find_task("circle").folder, tmp_path / "rings"))
    replace(folder / "plugin.toml", 'name = "circle"', 'name = "rings"')
    return folder


def test_a_comment_whose_english_has_changed_is_english(rings: Path) -> None:
    data = rings / "project" / "{{ package }}" / "data.py"
    replace(data, "float labels, because", "labels are floats, because")
    text = code(Recipe((find_task("rings", [rings]),), language="ko"))["hw/data.py"]
    assert "# why: labels are floats, because BCEWithLogitsLoss" in text
    assert is_korean(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = ", "Invalid"),
        ("a = 1", "`object`|Expected"),
        ('["a.py"]\nb = 1', "Expected `str`, got `int`"),
        ('["a.py"]\nb = "x\\n{% if true %}"', "'b': no line may begin with"),
    ],
)
def test_an_invalid_file_of_translations_is_named(
    text: str, message: str, rings: Path
) -> None:
    (rings / "lessons.ko.toml").write_text(text)
    recipe = Recipe((find_task("rings", [rings]),), language="ko")
    with pytest.raises(PluginError, match=rf"lessons\.ko\.toml.*({message})"):
        compose(recipe)


def test_an_edited_project_changes_its_language_without_conflict(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = tmp_path / "hw"
    assert scaffold("new", folder, "--task", "circle", "--defaults").code == 0
    english = (folder / "hw" / "data.py").read_text()
    replace(folder / "hw" / "data.py", "test_size=0.2", "test_size=0.3")
    replace(folder / "hw" / "model.py", "nn.Linear(in_features=2", "nn.Linear(2")
    replace(folder / "hw" / "loss.py", "# why: it takes logits", "# why: I like logits")
    commit(folder)
    done = scaffold("update", folder, "--set", "language=ko")
    assert done.code == 0, done.out + done.err
    korean = (folder / "hw" / "data.py").read_text()
    assert is_korean(korean)
    assert "test_size=0.3" in korean
    assert "# why: I like logits" in (folder / "hw" / "loss.py").read_text()
    commit(folder)
    assert scaffold("add", "compare", "--dir", folder).code == 0
    assert (folder / "hw" / "data.py").read_text() == korean
    commit(folder)
    assert scaffold("update", folder, "--set", "language=en").code == 0
    found = (folder / "hw" / "data.py").read_text()
    assert found == english.replace("test_size=0.2", "test_size=0.3")
