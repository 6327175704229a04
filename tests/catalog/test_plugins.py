"""Plugins: what is wrong in one is said precisely, and harms no other."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FEATURES, NAMES, TASKS, Done
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packages import edit, install
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from scaffold.catalog import discovery, plugins
from scaffold.catalog.discovery import PluginSource
from scaffold.catalog.plugins import (
    Plugin,
    all_plugins,
    find_feature,
    find_task,
    read_plugin,
)
from scaffold.catalog.versions import RANGES, REQUIREMENT, VERSION, in_range
from scaffold.compose.recipe import Recipe
from scaffold.errors import ArgumentError, PluginError
from scaffold.project.bundle import BUNDLE
from scaffold.project.create import render_project

ANSWERS = ".copier-answers.yml"
Scaffold = Callable[..., Done]


@pytest.fixture
def circle(tmp_path: Path) -> Path:
    """Return a copy of the plugin circle, to be broken."""
    return Path(shutil.copytree(find_task("circle").folder, tmp_path / "circle"))


@pytest.fixture
def compare(tmp_path: Path) -> Path:
    """Return a copy of the feature compare, to be broken."""
    return Path(shutil.copytree(find_feature("compare").folder, tmp_path / "compare"))


def read(folder: Path) -> Plugin:
    return read_plugin(PluginSource(folder.name, folder, "test"))


def test_built_in_tasks_are_read_without_complaint() -> None:
    assert len(all_plugins()) == len(TASKS) + len(FEATURES)
    assert len(TASKS) >= 7
    assert len(FEATURES) >= 6


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "circle"', 'name = "circle', "Illegal character"),
        ('name = "circle"', 'name = "Circle"', "lower case"),
        ('name = "circle"', 'name = "disc"', "'disc', but it is offered as 'circle'"),
        ('name = "circle"', "", "missing key `name`"),
        ('name = "circle"', "name = 3", "name: Expected `str`, got `int`"),
        ('name = "circle"', 'name = "circle"\ncolour = 1', "unknown key `colour`"),
        ('version = "0.2.0"', 'version = "one"', "Invalid version: 'one'"),
        ('kind = "task"', 'kind = "tool"', "kind: Invalid value 'tool'"),
        ('"binary"', '"ternary"', "family: "),
        ('"binary"', "[]", "family: Expected `array` of length >= 1"),
        ('">=0.2,<0.3"', '">=7"', "needs torch-scaffold >=7, this is 0.2.0"),
        ('">=0.2,<0.3"', '"about 1"', "Invalid specifier"),
        ('"scikit-learn>=1.4"', '"no spaces here"', "dependencies"),
        ('"scikit-learn>=1.4"', '"x @ https://example.org/x.whl"', "is an address"),
        ('title = "Two circles"', 'title = ""', "title must be one line"),
        ("Two circles", "Two {{ circles }}", "title must be one line without braces"),
        (
            'family = "binary"',
            'family = "binary"\nconflicts = {serve = ""}',
            "serve must be",
        ),
        ("default = 0.03, ", "", "noise needs either a default or a question"),
        ("default = 0.03", 'question = "nois"', "no [questions.nois]"),
        ("default = 0.03", "default = [1]", "noise: default: Expected"),
        ("n_samples = {", "N_samples = {", "named like a variable"),
        ("noise = {", "_noise = {", "named like a variable"),
        ("noise = {", "lambda = {", "[config] lambda: this name is reserved, as a key"),
        ("noise = {", "resume = {", "as a flag or an argument of a command; choose"),
        ("noise = {", "help = {", "choose another, such as help_value"),
        ("noise = {", "float = {", "as a type of other fields"),
        ("noise = {", "model_noise = {", "this name is reserved"),
        ("noise = {", "git_commit = {", "this name is reserved"),
        ("at_least = 0.99", "", "accuracy needs at_least or at_most"),
        ("at_least = 0.99", "at_least = 0.99\nat_most = 1", "at_least or at_most"),
        ("at_least = 0.99", 'at_least = 1\nwhen = { a = "b" }', "no question a"),
        ("[config]", "replaces = []\n[config]", "unknown key `replaces`"),
        ("{{ package }}/model.py", "{{ package }}/modle.py", "[files] for"),
        ("[exercises.data]", "[files2]\n[exercises.data]", "unknown key `files2`"),
        (
            '    "torch.round turns a probability into 0 or 1",\n',
            "",
            "[exercises.predict] hints: needs two or more",
        ),
        ("torch.round turns", "{{ turns", "hints must be one line without braces"),
    ],
)
def test_each_mistake_in_plugin_toml_is_named_with_its_place(
    old: str, new: str, message: str, circle: Path
) -> None:
    edit(circle, old, new)
    with pytest.raises(PluginError) as caught:
        read(circle)
    assert message in str(caught.value)
    assert str(circle) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[questions.model]", "[questions.comments]", "comments is a reserved key"),
        ("[questions.model]", "[questions.features]", "features is a reserved key"),
        ("[questions.model]", "[questions.Model]", "named like a variable"),
        ("[questions.model]\ntype", "[questions.model]\nkind", "unknown key `kind`"),
        ('default = "cnn"', "", "[questions.model]: missing key `default`"),
        ('default = "cnn"', 'default = "tree"', "'tree' is not among cnn, mlp"),
        ('default = "cnn"', "default = 1", "default 1 is not of type str"),
        ('= "mlp" }', "= 2 }", "choice 2 is not of type str"),
        ('type = "str"', 'type = "yaml"', "type yaml is for constants"),
    ],
)
def test_each_mistake_in_a_question_is_named(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    digits = Path(shutil.copytree(find_task("digits").folder, tmp_path / "digits"))
    edit(digits, old, new)
    with pytest.raises(PluginError) as caught:
        read(digits)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[files]", "[extras]\nA = []\n[files]", "'A' must be a name in lower case"),
        ("[files]", '[extras]\na = ["?"]\n[files]', "[extras] a: "),
        ("[files]", 'family = "binary"\n[files]', "unknown key `family`"),
        ("readme", 'ignore = ["a\\nb"]\nreadme', "ignore must be one line"),
        ("readme", 'replaces = ["a.py"]\nreadme', "replaces: a.py is not in [files]"),
        ("readme", 'requires = "export"\nreadme', "requires: Expected `array`"),
    ],
)
def test_each_mistake_in_the_keys_of_a_feature_is_named(
    old: str, new: str, message: str, compare: Path
) -> None:
    edit(compare, old, new)
    with pytest.raises(PluginError) as caught:
        read(compare)
    assert message in str(caught.value)
    assert str(compare) in str(caught.value)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (".github/workflows/test.yml", ""),
        ("Dockerfile", ""),
        (".git/hooks/post-checkout", "unsafe path '.git/hooks/post-checkout'"),
        (".gitattributes", "unsafe path '.gitattributes'"),
        (".scaffold/template.bundle", "this folder is reserved"),
        ("runs/001/last.pt", "this folder is reserved"),
    ],
)
def test_a_feature_may_write_other_paths_that_it_declares(
    path: str, message: str, compare: Path
) -> None:
    target = compare / "project" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("")
    with pytest.raises(PluginError):
        read(compare)
    edit(compare, "[files]", f'[files]\n"{path}" = "declared"')
    if not message:
        assert path in read(compare).manifest.files
        return
    with pytest.raises(PluginError) as caught:
        read(compare)
    assert message in str(caught.value)


def test_an_unknown_name_gets_the_nearest_one_of_its_kind() -> None:
    with pytest.raises(ArgumentError, match="unknown feature 'serv'; did you mean 'se"):
        find_feature("serv")
    with pytest.raises(ArgumentError, match="unknown task 'cirle'; did you mean 'circ"):
        find_task("cirle")
    with pytest.raises(ArgumentError, match="'circle' is a task, not a feature"):
        find_feature("circle")


def test_a_folder_without_plugin_toml_is_no_plugin(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"has no plugin\.toml"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("conftest.py", "below {{ package }}/, tests/, docs/, notebooks/ only"),
        (".github/workflows/run.yml", "below"),
        (".envrc", "below"),
        ("{{ package }}/extra.py", "no line in [files] for {{ package }}/extra.py"),
        ("{{ package }}/extra.py.jinja", "Python files have no .jinja"),
    ],
)
def test_files_where_none_may_be_are_refused(
    path: str, message: str, circle: Path
) -> None:
    target = circle / "project" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("")
    with pytest.raises(PluginError) as caught:
        read(circle)
    assert message in str(caught.value)


def test_a_link_is_refused(circle: Path) -> None:
    (circle / "project" / "tests" / "link.py").symlink_to("/etc/passwd")
    with pytest.raises(PluginError, match="is a symlink"):
        read(circle)


@pytest.mark.parametrize("name", plugins.REQUIRED)
def test_a_missing_file_of_the_contract_is_named(name: str, circle: Path) -> None:
    (circle / "project" / "{{ package }}" / name).unlink()
    with pytest.raises(PluginError, match=rf"{name}.* is missing"):
        read(circle)


def test_leftovers_of_editors_and_of_pip_are_no_files(circle: Path) -> None:
    cache = circle / "project" / "{{ package }}" / "__pycache__"
    cache.mkdir()
    (cache / "data.cpython-311.pyc").write_bytes(b"")
    (circle / "project" / "tests" / "test_circle.py~").write_text("")
    files = render_project(Recipe((read(circle),)), {}).files
    assert not [path for path in files if "pyc" in path or "~" in path]


def test_a_file_of_another_layer_cannot_be_claimed(circle: Path) -> None:
    (circle / "project" / "{{ package }}" / "train.py").write_text("")
    edit(circle, "[files]", '[files]\n"{{ package }}/train.py" = "mine"')
    with pytest.raises(PluginError, match="core has this file already"):
        render_project(Recipe((read(circle),)), {})


def test_a_new_setting_needs_a_help(circle: Path) -> None:
    edit(circle, "[config]", "[config]\nmomentum = 0.9")
    with pytest.raises(PluginError, match=r"\[config\] momentum needs a help"):
        render_project(Recipe((read(circle),)), {})


def test_wrong_jinja_is_named_with_its_file(circle: Path) -> None:
    model = circle / "project" / "{{ package }}" / "model.py"
    model.write_text(f"# {{% if modle %}}\n{model.read_text()}# {{% endif %}}\n")
    with pytest.raises(PluginError, match=r"model\.py.*'modle' is undefined"):
        render_project(Recipe((read(circle),)), {})


def test_an_invalid_plugin_is_listed_with_its_reason_and_harms_no_other(
    circle: Path, scaffold: Scaffold, tmp_path: Path
) -> None:
    edit(circle, 'name = "circle"', 'name = "odd"')
    edit(circle, "[config]", "[confg]")
    listed = scaffold("list", "--plugin", circle)
    assert listed.code == 0
    assert "unknown key `confg`" in listed.out
    document = json.loads(scaffold("list", "--json", "--plugin", circle).out)
    assert [plugin["name"] for plugin in document["invalid"]] == ["odd"]
    assert [task["name"] for task in document["tasks"]] == NAMES
    words = ("--plugin", circle, "--defaults")
    assert scaffold("new", tmp_path / "x", "--task", "line", *words).code == 0
    used = scaffold("new", tmp_path / "y", "--task", "odd", *words)
    assert used.code == 1
    assert "unknown key `confg`" in used.err
    assert used.err.count("\n") == 1


def test_a_plugin_in_a_folder_is_used_like_a_built_in_one(
    circle: Path, scaffold: Scaffold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(circle, 'name = "circle"', 'name = "rings"')
    words = ("--task", "rings", "--defaults", "--no-git")
    assert scaffold("new", tmp_path / "a" / "x", *words, "--plugin", circle).code == 0
    monkeypatch.setenv("SCAFFOLD_PLUGINS", f"{tmp_path}{os.pathsep}{circle}")
    assert scaffold("new", tmp_path / "b" / "x", *words).code == 0
    one, other = ((tmp_path / home / "x" / BUNDLE).read_bytes() for home in "ab")
    assert one == other


def test_two_plugins_of_one_name_are_both_named_and_neither_wins(
    circle: Path, scaffold: Scaffold, tmp_path: Path
) -> None:
    words = ("new", tmp_path / "x", "--task", "circle", "--plugin", circle)
    done = scaffold(*words)
    assert done.code == 1
    assert "2 plugins are called circle" in done.err
    assert str(circle) in done.err
    assert "built-in" in done.err
    document = json.loads(scaffold("list", "--json", "--plugin", circle).out)
    assert [plugin["name"] for plugin in document["invalid"]] == ["circle", "circle"]
    assert scaffold("show", "line", "--plugin", circle).code == 0


def test_one_plugin_found_in_two_ways_is_one(circle: Path, scaffold: Scaffold) -> None:
    edit(circle, 'name = "circle"', 'name = "rings"')
    twice = ("--plugin", circle, "--plugin", circle.parent / "." / "circle")
    assert "rings" in scaffold("list", *twice).out
    assert "2 plugins" not in scaffold("list", *twice).out


def test_a_folder_that_is_not_there_is_a_wrong_argument(scaffold: Scaffold) -> None:
    done = scaffold("list", "--plugin", "nowhere")
    assert done.code == 2
    assert "nowhere" in done.err


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder in which packages are found as if installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.mark.parametrize("module", ["scaffold_rings", "trap.rings"])
def test_no_code_of_an_installed_plugin_is_ever_run(
    module: str, site: Path, scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = install(site, "rings", module)
    touched = tmp_path / "touched"
    trap = f"open({str(touched)!r}, 'w')\nraise RuntimeError('imported')\n"
    for package in (site / module.split(".")[0], folder):
        (package / "__init__.py").write_text(trap)
    assert "package scaffold-rings 1.2" in scaffold("list").out
    assert scaffold("show", "rings").code == 0
    words = ("--task", "rings", "--defaults")
    assert scaffold("new", tmp_path / "x", *words).code == 0
    assert not touched.exists()


def test_a_package_whose_plugin_is_missing_harms_no_other(
    site: Path, scaffold: Scaffold
) -> None:
    shutil.rmtree(install(site, "rings"))
    listed = scaffold("list").out
    assert "invalid: rings (package scaffold-rings 1.2)" in listed
    assert all(name in listed for name in NAMES)


def test_a_task_moved_into_a_package_writes_the_same_project(
    site: Path, scaffold: Scaffold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("--task", "circle", "--defaults", "--no-git")
    assert scaffold("new", tmp_path / "a" / "x", *words).code == 0
    install(site, "circle")
    monkeypatch.setattr(discovery, "built_in", lambda: iter(()))
    assert scaffold("new", tmp_path / "b" / "x", *words).code == 0
    one, other = (
        {
            path.relative_to(tmp_path / home): path.read_bytes()
            for path in (tmp_path / home).rglob("*")
            # these two name the recipe, which says where the plugin comes from
            if path.is_file() and path.name not in {ANSWERS, "template.bundle"}
        }
        for home in "ab"
    )
    assert one == other
    answers = (tmp_path / home / "x" / ANSWERS for home in "ab")
    one_line, other_line = (path.read_text().splitlines() for path in answers)
    assert [x for x in one_line if "_commit" not in x] == [
        x for x in other_line if "_commit" not in x
    ]


ASCII = st.characters(codec="ascii")


@settings(deadline=None, max_examples=50)
@given(st.from_regex(REQUIREMENT, fullmatch=True, alphabet=ASCII))
def test_a_requirement_that_is_not_parsed_is_valid(text: str) -> None:
    assert Requirement(text).url is None


@settings(deadline=None, max_examples=50)
@given(
    st.from_regex(VERSION, fullmatch=True, alphabet=ASCII),
    st.from_regex(RANGES, fullmatch=True, alphabet=ASCII),
)
@example("0.2", ">=0.2.0,<0.3")
@example("0.3.0", "<0.3")
@example("1", "==1.0,!=1.1")
def test_a_range_that_is_not_parsed_is_valid_and_compared_like_packaging(
    version: str, versions: str
) -> None:
    assert in_range(version, versions) == (version in SpecifierSet(versions))


def test_a_plugin_in_a_folder_hides_an_installed_one_and_a_line_says_so(
    site: Path, circle: Path, scaffold: Scaffold, tmp_path: Path
) -> None:
    install(site, "rings")
    edit(circle, 'name = "circle"', 'name = "rings"')
    words = ("--task", "rings", "--defaults", "--no-git")
    done = scaffold("new", tmp_path / "x", *words, "--plugin", circle)
    assert done.code == 0
    line = f"rings: using {circle} instead of package scaffold-rings 1.2\n"
    assert done.err == line
    listed = json.loads(scaffold("list", "--json", "--plugin", circle).out)
    (row,) = [row for row in listed["tasks"] if row["name"] == "rings"]
    assert row["source"] == "folder"
    assert not listed["invalid"]


def test_a_folder_that_is_installed_itself_hides_nothing(
    site: Path, scaffold: Scaffold
) -> None:
    folder = install(site, "rings")
    assert scaffold("list", "--plugin", folder).err == ""
