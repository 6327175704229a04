"""What the page shows and gives is what the command line writes."""

import io
import json
import shlex
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from conftest import NAMES, TASKS, Done, read_all
from hypothesis import given
from recipes import all_features

from scaffold.catalog.plugins import find_task
from scaffold.errors import ArgumentError
from scaffold.project import bundle
from scaffold.project.bundle import BUNDLE
from scaffold.project.fast_import import commit_tree
from scaffold.project.git import git
from scaffold.project.pack import write_bundle
from scaffold.project.pack_reader import read_objects
from scaffold.project.project_state import ANSWERS
from scaffold.project.scratch import init_bare_repository
from scaffold.tree import File
from scaffold.web.session import Session

Scaffold = Callable[..., Done]
HOSTILE = '"it\'s" <b onclick=alert(1)>{{ 7*7 }}</b> $(touch x) `id` \\ \U0001f600'


def full(task: str) -> list[str]:
    """Return the names of all features that a task can have."""
    return [plugin.name for plugin in all_features(find_task(task))]


@pytest.fixture
def session() -> Session:
    return Session({})


def preview(session: Session, typed: str = "", **choices: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(session.preview(json.dumps(choices), typed))
    return found


def unzip(data: bytes, folder: Path) -> Path:
    """Extract a zip that has one folder; return that."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
        for entry in archive.infolist():
            (folder / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
    (project,) = folder.iterdir()
    return project


def test_the_catalog_has_every_task(session: Session) -> None:
    catalog = json.loads(session.catalog())
    assert [task["name"] for task in catalog["tasks"]] == NAMES
    assert catalog["invalid"] == []


CHOICES: list[dict[str, object]] = [
    *({"task": name} for name in NAMES),
    {"task": "circle", "answers": {"variant": "exercise", "author": HOSTILE}},
    {"task": "digits", "features": full("digits"), "answers": {"comments": "brief"}},
    {"task": "line", "answers": {"project_name": "My_Line", "weight": "-0.25"}},
]


@pytest.mark.parametrize("choices", CHOICES, ids=str)
def test_zip_and_command_give_the_project_of_scaffold_new_byte_for_byte(
    choices: dict[str, object],
    session: Session,
    scaffold: Scaffold,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = preview(session, **choices)
    project = unzip(session.archive(json.dumps(choices)), tmp_path / "zip")
    words = shlex.split(shown["commands"][0][1])
    assert scaffold(*words[1:], "--no-git").code == 0
    assert read_all(project) == read_all(tmp_path / project.name)
    for path in project.rglob("*"):
        twin = tmp_path / path.relative_to(tmp_path / "zip")
        assert path.stat().st_mode & 0o100 == twin.stat().st_mode & 0o100
    for file in shown["files"]:
        if file["text"] is not None:
            assert (project / file["path"]).read_text() == file["text"]
    assert {file["path"] for file in shown["files"]} == set(read_all(project))


def test_a_table_of_the_user_is_in_the_zip(
    session: Session,
    scaffold: Scaffold,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{n * 1000},{n % 5}\n" for n in range(1, 31))
    Path("houses.csv").write_text(f"price,rooms\n{rows}")
    answers = {"target": "price", "family": "regression"}
    answers["data"] = str(tmp_path / "houses.csv")
    choices = {"task": "tabular", "answers": answers}
    shown = preview(session, **choices)
    project = unzip(session.archive(json.dumps(choices)), tmp_path / "zip")
    assert scaffold(*shlex.split(shown["commands"][0][1])[1:], "--no-git").code == 0
    assert read_all(project) == read_all(tmp_path / project.name)
    assert "data/houses.csv" in read_all(project)


def test_each_invalid_answer_has_its_message_and_the_rest_is_shown(
    session: Session,
) -> None:
    answers = {"weight": "9e9", "bias": "x", "project_name": "torch", "model": "linear"}
    shown = preview(session, task="line", answers=answers)
    assert shown["errors"].keys() == {"weight", "bias", "project_name"}
    assert "from -1000 to 1000" in shown["errors"]["weight"]
    assert "would shadow a dependency" in shown["errors"]["project_name"]
    values = {question["name"]: question["value"] for question in shown["questions"]}
    assert values["model"] == "linear"
    assert values["weight"] == "0.7"
    with pytest.raises(ArgumentError):
        session.archive(json.dumps({"task": "line", "answers": answers}))


def test_answers_to_questions_of_another_task_are_left_out(session: Session) -> None:
    answers = {"weight": "1.5", "author": "Ada"}
    shown = preview(session, task="circle", answers=answers)
    assert shown["errors"] == {}
    assert "--set author=Ada" in shown["commands"][0][1]
    assert "weight" not in shown["commands"][0][1]


@pytest.mark.parametrize("task", TASKS, ids=NAMES)
def test_a_feature_can_be_chosen_exactly_if_it_can_be_combined(
    task: Any, session: Session
) -> None:
    for row in preview(session, task=task.name)["features"]:
        shown = preview(session, task=task.name, features=[row["name"]])
        assert bool(row["problem"]) == ("error" in shown)
        if "error" not in shown:
            assert row["name"] in {f["name"] for f in shown["features"] if f["chosen"]}


def test_a_required_feature_is_chosen_with_the_one_that_requires_it(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "needy"
    (folder / "project" / "docs").mkdir(parents=True)
    (folder / "project" / "docs" / "needy.md").write_text("needy\n")
    (folder / "plugin.toml").write_text(
        'kind = "feature"\nname = "needy"\nversion = "1"\ntitle = "t"\nsummary = "s"\n'
        'scaffold = ">=0.2"\nrequires = ["serve"]\nfiles = {"docs/needy.md" = "p"}\n'
    )
    session = Session({str(folder): "/home/ada/needy"})
    shown = preview(session, task="line", features=["needy"])
    rows = {row["name"]: row for row in shown["features"]}
    assert rows["serve"]["chosen"]
    assert rows["serve"]["required_by"] == ["needy"]
    assert shown["commands"][1][1] == "scaffold add needy"
    assert shown["commands"][0][1].endswith(
        "--with needy --plugin /home/ada/needy --defaults"
    )


def test_the_difference_is_that_of_the_last_choice(session: Session) -> None:
    assert preview(session, task="circle")["diff"] == []
    shown = preview(session, task="circle", features=["serve"])
    states = {file["path"]: file["state"] for file in shown["diff"]}
    assert states["my_circle/__main__.py"] == "changed"
    assert states["tests/test_serve.py"] == "added"
    shown = preview(session, task="circle")
    assert {file["state"] for file in shown["diff"]} == {"changed", "removed"}


def test_another_task_or_package_is_no_difference(session: Session) -> None:
    """Each file would be removed in one folder, and added in another."""
    preview(session, task="circle")
    assert preview(session, task="line")["diff"] == []
    answers = {"project_name": "new-name"}
    assert preview(session, task="line", answers=answers)["diff"] == []


def test_what_is_typed_into_one_field_is_one_choice(session: Session) -> None:
    preview(session, task="circle")
    for text in ("A", "Ad", "Ada"):
        shown = preview(session, "author", task="circle", answers={"author": text})
    lines = [line for file in shown["diff"] for line in file["lines"]]
    assert not [line for line in lines if line.startswith("-") and "Ad" in line]
    assert [line for line in lines if line.startswith("+") and "Ada" in line]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"task": 1}',
        '{"task": "circle", "more": 1}',
        '{"task": "<b>"}',
        '{"task": "serve"}',
        '{"task": "circle", "features": ["circle"]}',
        '{"task": "circle", "features": ["../x"]}',
        '{"task": "circle", "features": ["early-stopping"]}',
    ],
)
def test_impossible_choices_are_an_error_in_one_line(
    text: str, session: Session
) -> None:
    found = json.loads(session.preview(text))
    assert found.keys() == {"error"}
    assert found["error"]
    assert "\n" not in found["error"]


@pytest.mark.parametrize("text", ["two\nlines", "nul\0", "esc\x1b[31m", "\u2028"])
def test_control_characters_are_refused_where_they_were_typed(
    text: str, session: Session
) -> None:
    shown = preview(
        session, task="circle", answers={"author": text, "description": text}
    )
    assert shown["errors"].keys() == {"author", "description"}


def test_hostile_texts_are_text_in_the_command(
    session: Session,
) -> None:
    shown = preview(session, task="circle", answers={"author": HOSTILE})
    assert f"author={HOSTILE}" in shlex.split(shown["commands"][0][1])


@pytest.fixture(params=["git", "browser"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read bundles with Git, or as in a browser, where there is none."""
    if request.param == "browser":
        monkeypatch.setattr(bundle, "IN_BROWSER", True)
        monkeypatch.setenv("PATH", "")


def open_project(session: Session, folder: Path) -> dict[str, Any]:
    bundle.open_bundle.cache_clear()
    found: dict[str, Any] = json.loads(session.open(str(folder)))
    return found


@pytest.mark.usefixtures("reader")
def test_an_opened_project_shows_what_a_feature_changes_in_it(
    session: Session, scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = tmp_path / "my-line"
    words = ("--set", "model=linear", "--set", "comments=brief", "--with", "export")
    options = ("--task", "line", "--defaults", "--no-git")
    assert scaffold("new", str(folder), *options, *words).code == 0
    choices = open_project(session, folder)["choices"]
    assert choices["task"] == "line"
    assert choices["features"] == ["export"]
    shown = preview(session, **choices)
    assert shown["diff"] == []
    assert shown["commands"] == [["Update the project", "scaffold update"]]
    values = {question["name"]: question["value"] for question in shown["questions"]}
    assert (values["model"], values["comments"]) == ("linear", "brief")
    choices["features"] = ["serve"]
    choices["answers"]["loss"] = "mse"
    shown = preview(session, **choices)
    states = {file["path"]: file["state"] for file in shown["diff"]}
    assert states["tests/test_serve.py"] == "added"
    assert states["tests/test_export.py"] == "removed"
    assert [command for _, command in shown["commands"]] == [
        "scaffold update --set loss=mse",
        "scaffold add serve",
        "scaffold remove export",
    ]
    session.leave()
    assert preview(session, **choices)["commands"][0][0] == "Write the same project"


@pytest.mark.usefixtures("reader")
def test_a_project_of_0_1_shows_what_an_update_changes(
    session: Session, tmp_path: Path
) -> None:
    """Git wrote its bundle."""
    old = Path(__file__).parents[1] / "update" / "circle-0.1"
    (tmp_path / ".scaffold").mkdir()
    shutil.copy(old / "answers.yml", tmp_path / ANSWERS)
    shutil.copy(old / "template.bundle", tmp_path / BUNDLE)
    opened = open_project(session, tmp_path)
    assert opened["versions"]["torch-scaffold"] == "0.1.0"
    shown = preview(session, **opened["choices"])
    assert {file["state"] for file in shown["diff"]} == {"added", "changed", "removed"}


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("damage", [b"", b"junk", b"# v2 git bundle\n"])
def test_a_damaged_project_is_an_error_in_one_line(
    damage: bytes, session: Session, scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = tmp_path / "x"
    options = ("--task", "line", "--defaults", "--no-git")
    assert scaffold("new", str(folder), *options).code == 0
    (folder / BUNDLE).write_bytes(damage)
    assert "cannot be used" in open_project(session, folder)["error"]
    (folder / ANSWERS).write_bytes(damage)
    assert "\n" not in open_project(session, folder)["error"]


def test_git_and_the_reader_of_the_browser_agree(tmp_path: Path) -> None:
    """Also for deltas, which Git writes between versions of a file."""
    texts = [f"{n}\n" + "".join(f"line {i}\n" for i in range(500)) for n in range(9)]
    init_bare_repository(tmp_path)
    for number, text in enumerate(texts):
        tree = {"a/b": File(text.encode()), f"{number}": File(b"x" * number)}
        reference = f"refs/heads/{number}"
        commit_tree(tmp_path, tree, reference, bundle.IDENTITY, "m")
    git("repack", "-adfq", folder=tmp_path)
    (path,) = tmp_path.glob("objects/pack/*.pack")
    expected = bundle.read_pack(path.read_bytes())
    assert read_objects(path.read_bytes(), 1_000_000) == expected
    assert path.stat().st_size < 10_000, "no delta"
    with pytest.raises(ValueError, match=r"too many bytes|does not fit"):
        read_objects(path.read_bytes(), 10_000)


@given(st.integers(min_value=12), st.integers(0, 255))
def test_a_damaged_pack_is_a_value_error(position: int, byte: int) -> None:
    tree = {"a": File(b"some text\n" * 40), "b/c": File(b"")}
    whole = write_bundle({"1": tree}, bundle.IDENTITY).partition(b"\n\n")[2]
    pack = bytearray(whole)
    pack[position % len(pack)] = byte
    with suppress(ValueError):
        read_objects(bytes(pack), 10_000)
    with suppress(ValueError):
        read_objects(whole[: position % len(whole)], 10_000)
