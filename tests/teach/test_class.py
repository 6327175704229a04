"""`scaffold class`: the projects of a class, also broken ones, in one table."""

import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from answers import right_answers, write_answers
from conftest import Done, read_all
from updates import (
    PACKAGE,
    Rings,
    Scaffold,
    commit,
    git,
    make_rings,
    replace,
)

from scaffold.project.commits import last_commits
from scaffold.project.project_state import open_project, render_original
from scaffold.teach import class_report
from scaffold.teach.judge import Judgement
from scaffold.teach.submission import read_submission
from scaffold.update.branch import installed_recipe

BRANCH = "scaffold-update/rings-0.2.0"
REF = f"refs/heads/{BRANCH}"
MARKS = re.compile(r"^ *# (?:end of )?exercise \d+.*\n", re.MULTILINE)
NEW_TASK = "Write the training step of the course"
RIGHT = right_answers("circle")


class Course(NamedTuple):
    """A task of a teacher, and a folder with the repositories of three students."""

    rings: Rings
    home: Path
    scaffold: Scaffold

    def run(self, command: str, *words: str | Path) -> Done:
        """Run a command of `scaffold class` with the task."""
        known = ("--plugin", self.rings.folder) if command != "review" else ()
        return self.scaffold("class", command, self.home, *known, *words)

    def publish(self) -> None:
        """Release 0.2.0: an exercise in other words, and a fix in a function."""
        toml = self.rings.folder / "plugin.toml"
        text = f'[exercises.step]\ntask = "{NEW_TASK}"\n\n[exercises.data]'
        replace(toml, "[exercises.data]", text)
        loss = self.rings.overlay / PACKAGE / "loss.py"
        replace(loss, "Return the accuracy", "Return the mean accuracy")
        self.rings.release("0.2.0")


def answer(student: Path, **changed: list[str]) -> None:
    """Write the answers of the course into a project; those changed to [] stay open."""
    answers = {name: changed.get(name, texts) for name, texts in RIGHT.items()}
    answers = {name: texts for name, texts in answers.items() if texts}
    for path in (student / "hw").glob("*.py"):
        path.write_text(write_answers(path.read_text(), answers))


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a task and a class.

    Ada solved all exercises. Bob solved half, and two of these wrong. Eve deleted the
    comments that mark exercises, renamed a module, and edited the tests.
    """
    home = tmp_path_factory.mktemp("course")
    rings = make_rings(home)
    words = ("--task", "rings", "--plugin", str(rings.folder), "--defaults")
    run_new(home / "hw", *words, "--set", "variant=exercise")
    for name in ("ada", "bob", "eve"):
        shutil.copytree(home / "hw", home / "class" / name, symlinks=True)
    students = home / "class"
    answer(students / "ada")
    wrong = ["return torch.sigmoid(logits)"]
    step = RIGHT["step"][0]
    late = [step.replace("optimizer.zero_grad()", "")]
    answer(students / "bob", predict=wrong, step=late, evaluate=[], save=[], load=[])
    answer(students / "eve")
    rename_and_tamper(students / "eve")
    for name in ("ada", "bob", "eve"):
        commit(students / name)
    return home


def run_new(folder: Path, *words: str) -> None:
    """Run `scaffold new` without the fixture of a test."""
    from click.testing import CliRunner

    from scaffold.cli import cli

    done = CliRunner().invoke(cli, ["new", str(folder), *words], standalone_mode=False)
    assert not done.exception, done.exception


def rename_and_tamper(student: Path) -> None:
    """Delete marks, rename a module, and make all tests pass."""
    (student / "hw" / "engine.py").rename(student / "hw" / "loop.py")
    for path in student.rglob("*.py"):
        text = path.read_text().replace(".engine", ".loop")
        if path.parent.name == "tests":
            text = re.sub(r"^( +)assert .*", r"\1assert True", text, flags=re.M)
        elif path.name != "exercises.py":
            text = MARKS.sub("", text)
        path.write_text(text)


@pytest.fixture
def course(origin: Path, tmp_path: Path, scaffold: Scaffold) -> Course:
    """Return a copy of the class, which a test can change."""
    shutil.copytree(origin, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Course(Rings(tmp_path / "rings"), tmp_path / "class", scaffold)


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder, in order."""
    return sorted(path.name for path in folder.iterdir())


def rows(done: Done) -> dict[str, str]:
    """Return the rows of a table, by project."""
    lines = [line.partition(" ") for line in done.out.partition("\n\n")[0].splitlines()]
    return {name: rest.strip() for name, _, rest in lines[1:]}


# status


def test_status_has_a_row_for_each_student_with_exercises_and_last_commit(
    course: Course,
) -> None:
    done = course.run("status")
    assert done.code == 0, done.err
    found = rows(done)
    day = r"\d{4}-\d\d-\d\d"
    assert re.match(rf"rings +up to date +8 of 8 +{day} +torch-scaffold", found["ada"])
    assert re.match(rf"rings +up to date +5 of 8 +{day} ", found["bob"])
    assert "no comments mark exercise 1, 2, 3, 4, 5, 6, 7, 8" in found["eve"]


def test_status_says_that_an_update_is_available(course: Course) -> None:
    course.publish()
    done = course.run("status")
    assert done.code == 3
    assert "update available" in rows(done)["bob"]
    assert "rings 0.1.0 -> 0.2.0" in rows(done)["bob"]


def break_all(home: Path) -> None:
    """Break projects of a class in every way, and add a folder without one."""
    (home / "ada" / ".copier-answers.yml").unlink()
    shutil.rmtree(home / "bob" / ".git")
    (home / "eve" / ".scaffold" / "template.bundle").write_bytes(b"damaged")
    (home / "joe" / "notes").mkdir(parents=True)
    shutil.copytree(home / "eve", home / "kim")
    (home / "kim" / ".copier-answers.yml").write_text("- no\n")


def test_status_has_a_row_for_each_broken_project_and_says_what_is_wrong(
    course: Course,
) -> None:
    break_all(course.home)
    done = course.run("status")
    assert done.code == 1
    found = rows(done)
    assert "is not a scaffold project: it has no .copier-answers.yml" in found["ada"]
    assert "git checkout COMMIT -- .copier-answers.yml" in found["ada"]
    assert re.search(r"\d{4}-\d\d-\d\d", found["ada"])
    assert "up to date  5 of 8" in found["bob"]
    assert "not committed to Git" in found["bob"]
    assert "it is not a bundle" in found["eve"]
    assert "is not a scaffold project" in found["joe"]
    assert "must have one line KEY: VALUE" in found["kim"]
    assert "4 error, 1 up to date" in done.out


def test_status_as_json_and_csv_has_the_same_rows(course: Course) -> None:
    break_all(course.home)
    found = json.loads(course.run("status", "--json").out)["projects"]
    assert [Path(row["path"]).name for row in found] == names_in(course.home)
    bob = found[1]
    assert [e["state"] for e in bob["exercises"]] == ["written"] * 5 + ["open"] * 3
    assert bob["problems"] == ["not committed to Git"]
    table = list(csv.DictReader(io.StringIO(course.run("status", "--csv").out)))
    assert [row["project"] for row in table] == names_in(course.home)
    assert (table[1]["written"], table[1]["open"]) == ("5", "3")
    assert table[0]["last_commit"]
    assert course.run("status", "--csv", "--json").code == 2


def test_a_spreadsheet_evaluates_no_name_of_a_project(course: Course) -> None:
    (course.home / "bob").rename(course.home / "=1+1")
    table = list(csv.DictReader(io.StringIO(course.run("status", "--csv").out)))
    assert table[0]["project"] == "'=1+1"


def test_exercises_are_counted_without_the_plugin_and_without_running_code(
    course: Course,
) -> None:
    trap = course.home / "ada" / "hw" / "__init__.py"
    trap.write_text("raise SystemExit('executed')\n")
    done = course.scaffold("class", "status", course.home)
    assert done.code == 1
    assert "error  8 of 8" in rows(done)["ada"]
    assert "plugin rings 0.1.0 is not installed" in rows(done)["ada"]


def test_status_names_committed_conflict_markers(course: Course) -> None:
    conflict = "<<<<<<< your edits\na\n=======\nb\n>>>>>>> template\n"
    (course.home / "ada" / "docs" / "notes.md").write_text(f"text\n{conflict}")
    (course.home / "bob" / "README.md").write_text("Title\n=======\n\n>>>>>>> no\n")
    commit(course.home / "ada")
    found = rows(course.run("status"))
    assert "conflict markers in docs/notes.md" in found["ada"]
    assert "conflict" not in found["bob"]
    known = ("--plugin", course.rings.folder)
    out = course.scaffold("status", course.home / "ada", *known).out
    assert "docs/notes.md has conflict markers (<<<<<<<); edit it, and commit." in out
    document = course.scaffold("status", course.home / "ada", *known, "--json").out
    assert json.loads(document)["conflict_markers"] == ["docs/notes.md"]


def test_the_last_commit_is_that_of_git_however_it_is_stored(course: Course) -> None:
    home = course.home
    (home / "new" / ".git").mkdir(parents=True)
    shutil.copytree(home / "ada", home / "packed", symlinks=True)
    git(home / "packed", "gc", "--quiet")
    git(home / "packed", "pack-refs", "--all")
    shutil.copytree(home / "ada", home / "detached", symlinks=True)
    git(home / "detached", "checkout", "--quiet", "--detach")
    git(home / "ada", "worktree", "add", "--quiet", home / "tree")
    shutil.copytree(home / "ada", home / "damaged", symlinks=True)
    git(home / "damaged", "commit", "--quiet", "--allow-empty", "--message", "more")
    head = git(home / "damaged", "rev-parse", "HEAD").strip()
    damaged = home / "damaged" / ".git" / "objects" / head[:2] / head[2:]
    damaged.chmod(0o644)
    damaged.write_bytes(b"damaged")
    folders = sorted(path for path in home.iterdir())
    found = last_commits(folders)
    for folder in folders:
        commit_ = found[folder]
        if folder.name in {"new", "damaged"}:
            assert commit_ is None
        else:
            assert commit_
            expected = git(folder, "log", "-1", "--format=%H %ct").split()
            assert [commit_.id, str(commit_.time)] == expected


def test_the_last_commit_of_a_folder_is_one_that_changed_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    for name in ("ada", "bob"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(name)
        commit(tmp_path)
    first, last = git(tmp_path, "log", "--format=%H", "--reverse").split()
    found = last_commits([tmp_path / "ada", tmp_path / "bob"])
    assert [c.id for c in found.values() if c] == [first, last]


# update


def test_an_update_is_a_branch_that_equals_an_update_and_a_commit(
    course: Course,
) -> None:
    course.publish()
    before = {name: read_all(course.home / name) for name in ("ada", "bob", "eve")}
    done = course.run("update")
    assert done.code == 0, done.err
    for name, was in before.items():
        student = course.home / name
        assert f"git -C {student} push origin {BRANCH}" in done.out
        now = read_all(student)
        new = {path for path in now if was.get(path) != now[path]}
        assert was.keys() <= now.keys()
        allowed = (".git/objects/", f".git/{REF}", f".git/logs/{REF}")
        assert [path for path in new if not path.startswith(allowed)] == []
        assert git(student, "rev-parse", f"{BRANCH}^") == git(
            student, "rev-parse", "HEAD"
        )
        known = ("--plugin", course.rings.folder)
        assert course.scaffold("update", student, *known).code == 0
        commit(student)
        trees = git(student, "rev-parse", "HEAD^{tree}", f"{BRANCH}^{{tree}}").split()
        assert trees[0] == trees[1]


def test_a_reworded_exercise_and_a_fix_conflict_with_nobody(course: Course) -> None:
    course.publish()
    done = course.run("update")
    assert [line.split()[:2] for line in done.out.splitlines()[1:4]] == [
        ["ada", "ready"],
        ["bob", "ready"],
        ["eve", "ready"],
    ]
    kept = f"exercise 5 reworded, your answer kept: {NEW_TASK}"
    assert f"ada: hw/engine.py: {kept}" in done.out
    assert f"eve: hw/engine.py -> hw/loop.py: {kept}" in done.out
    for name in ("ada", "bob", "eve"):
        student = course.home / name
        changes = git(student, "diff", f"HEAD..{BRANCH}", "--", "hw/*.py")
        assert '+    """Return the mean accuracy' in changes
        assert changes.count("\n-") == 2  # a line, and a file name


def test_a_second_run_makes_no_second_branch(course: Course) -> None:
    course.publish()
    assert course.run("update").code == 0
    before = {name: read_all(course.home / name) for name in ("ada", "bob", "eve")}
    done = course.run("update")
    assert done.code == 0
    assert BRANCH in rows(done)["ada"]
    assert {name: read_all(course.home / name) for name in before} == before


def test_a_branch_that_does_not_start_at_head_is_not_overwritten(
    course: Course,
) -> None:
    course.publish()
    assert course.run("update").code == 0
    (course.home / "ada" / "more.txt").write_text("mine\n")
    commit(course.home / "ada")
    done = course.run("update")
    assert done.code == 1
    assert f"git branch -D {BRANCH}" in done.out
    git(course.home / "ada", "branch", "--quiet", "-D", BRANCH)
    assert course.run("update").code == 0


def test_a_branch_with_another_update_is_not_taken_for_this_one(course: Course) -> None:
    course.publish()
    assert course.run("update").code == 0
    loss = course.rings.overlay / PACKAGE / "loss.py"
    replace(loss, "Return the mean accuracy", "Return a mean accuracy")
    installed_recipe.cache_clear()
    done = course.run("update")
    assert done.code == 1
    assert f"the branch {BRANCH} exists, but has another update; delete it" in done.out


def test_a_dirty_project_and_a_conflict_get_no_branch_and_nothing_is_left(
    course: Course,
) -> None:
    course.publish()
    (course.home / "ada" / "README.md").write_text("not committed\n")
    loss = course.home / "bob" / "hw" / "loss.py"
    replace(loss, "Return the accuracy", "Return my accuracy")
    commit(course.home / "bob")
    before = {name: read_all(course.home / name) for name in ("ada", "bob")}
    done = course.run("update")
    assert done.code == 1
    assert "ada: " in done.out
    assert "has uncommitted changes: README.md; commit them" in done.out
    assert "bob: hw/loss.py: 1 conflict" in done.out
    assert rows(done)["eve"].startswith("ready")
    assert {name: read_all(course.home / name) for name in before} == before
    shutil.rmtree(course.home / "ada")
    assert course.run("update").code == 4


def test_a_dry_run_makes_no_branch(course: Course) -> None:
    course.publish()
    before = read_all(course.home)
    done = course.run("update", "--dry-run")
    assert done.code == 0
    assert "Dry run: nothing was changed." in done.out
    assert read_all(course.home) == before
    found = json.loads(course.run("update", "--dry-run", "--json").out)["projects"]
    assert [row["branch"] for row in found] == [BRANCH] * 3


def test_broken_projects_do_not_stop_the_updates_of_others(course: Course) -> None:
    course.publish()
    break_all(course.home)
    shutil.copytree(course.home.parent / "hw", course.home / "zoe", symlinks=True)
    done = course.run("update")
    assert done.code == 1
    assert rows(done)["zoe"].startswith("ready")
    for name in ("ada", "bob", "eve", "joe", "kim"):
        assert rows(done)[name] == "error"


def test_projects_in_one_repository_get_a_branch_with_their_own_folder(
    course: Course,
) -> None:
    for name in ("bob", "eve"):
        shutil.rmtree(course.home / name)
    shutil.rmtree(course.home / "ada" / ".git")
    git(course.home, "init", "--quiet")
    commit(course.home)
    course.publish()
    assert course.run("update").code == 0
    names = git(course.home, "diff", "--name-only", f"HEAD..{BRANCH}").split()
    assert "ada/hw/loss.py" in names
    assert all(name.startswith("ada/") for name in names)


# review


def read_report(out: Path) -> dict[str, dict[str, str]]:
    """Return the rows of a report's CSV table, by project."""
    text = out.with_suffix(".csv").read_text(encoding="utf-8-sig")
    return {row["project"]: row for row in csv.DictReader(io.StringIO(text))}


def test_a_review_without_tests_executes_nothing_and_writes_its_files(
    course: Course, tmp_path: Path
) -> None:
    break_all(course.home)
    trap = course.home / "bob" / "hw" / "__init__.py"
    trap.write_text("raise SystemExit('executed')\n")
    out = tmp_path / "report" / "week1"
    out.parent.mkdir()
    done = course.run("review", "--due", "2020-01-01", "--out", out)
    assert done.code == 1
    assert names_in(out.parent) == ["week1.csv", "week1.md"]
    table = read_report(out)
    assert list(table) == names_in(course.home)
    assert table["bob"]["points"] == ""
    assert table["bob"]["exercise 5"] == "written"
    assert table["bob"]["exercise 6"] == "open"
    assert table["bob"]["remarks"] == "not committed to Git"
    assert float(table["ada"]["hours late"]) > 24 * 365
    markdown = out.with_suffix(".md").read_text()
    assert "| bob |  | 8 | written | written | written | written | written | open " in (
        markdown
    )
    assert "5. write the training step" in markdown


def test_a_review_names_changed_tests_and_moved_files(
    course: Course, tmp_path: Path
) -> None:
    assert course.run("review", "--out", tmp_path / "review").code == 0
    remarks = read_report(tmp_path / "review")["eve"]["remarks"]
    assert "changed tests/test_checkpoint.py, " in remarks
    assert "moved hw/engine.py -> hw/loop.py" in remarks
    assert "no comments mark exercise 1, 2, 3, 4, 5, 6, 7, 8" in remarks


def test_a_review_names_committed_conflict_markers(
    course: Course, tmp_path: Path
) -> None:
    readme = course.home / "ada" / "README.md"
    readme.write_text("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> theirs\n")
    commit(course.home / "ada")
    assert course.run("review", "--out", tmp_path / "review").code == 0
    remarks = read_report(tmp_path / "review")["ada"]["remarks"]
    assert remarks == "conflict markers in README.md"


def test_modules_beside_moved_ones_are_found_by_their_imports(course: Course) -> None:
    folder = course.home / "ada"
    (folder / "src").mkdir()
    (folder / "hw").rename(folder / "src" / "hw")
    home = folder / "src" / "hw"
    (home / "engine.py").rename(home / "loop.py")
    (home / "parts").mkdir()
    (home / "parts" / "own.py").write_text("x = 1\n")
    commit(folder)
    original = render_original(open_project(folder))
    tree = read_submission(folder, original).tree
    assert {"hw/engine.py", "hw/loop.py", "hw/parts/own.py", "src/hw/loop.py"} <= {
        *tree
    }


def test_a_submission_is_judged_once_for_each_commit(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []

    def judge(folder: Path, limits: object) -> Judgement:
        judged.append(folder.name)
        if len(judged) == 3:
            raise KeyboardInterrupt
        return Judgement()

    monkeypatch.setattr(class_report, "judge_or_error", judge)
    out = ("--out", tmp_path / "review")
    assert course.run("review", *out).code == 1
    assert course.run("review", *out).code == 0
    assert judged == ["ada", "bob", "eve", "eve"]
    with (tmp_path / "review.jsonl").open("ab") as file:
        file.write(b'\n{"project": "ad')  # cut off, as by a full disk
    commit_all = course.home / "bob" / "new.txt"
    commit_all.write_text("new\n")
    assert course.run("review", *out).code == 0
    assert judged[4:] == ["bob"]  # with what is not committed, each time
    commit(course.home / "bob")
    for _ in range(2):
        assert course.run("review", *out).code == 0
    assert judged[4:] == ["bob", "bob"]


def test_a_date_that_is_none_is_a_usage_error(course: Course) -> None:
    done = course.run("review", "--due", "monday")
    assert done.code == 2
    assert "--due 'monday': expected a date, such as 2026-12-01" in done.err


@pytest.mark.slow
def test_a_class_from_a_fix_to_the_points_of_each_student(
    course: Course, tmp_path: Path
) -> None:
    course.publish()
    assert [line.split()[2:4] for line in rows(course.run("status")).values()]
    assert course.run("update").code == 0
    for name in ("ada", "bob", "eve"):
        git(course.home / name, "merge", "--quiet", "--ff-only", BRANCH)
    found = rows(course.run("status"))
    assert all(row.startswith("rings  up to date") for row in found.values())
    shutil.copytree(course.home / "ada", course.home / "joe", symlinks=True)
    engine = course.home / "joe" / "hw" / "engine.py"
    replace(
        engine, "        loss.backward()\n", "        while True:\n            pass\n"
    )
    commit(course.home / "joe")

    limits = ("--run-tests", "--seconds", "20", "--due", "2020-01-01")
    done = course.run("review", *limits, "--out", tmp_path / "review")
    assert done.code == 0, done.out
    assert "this executes the code of the students" in done.err
    report = read_report(tmp_path / "review")
    states = {
        name: [row[f"exercise {number}"] for number in range(1, 9)]
        for name, row in report.items()
    }
    assert states["ada"] == states["eve"] == ["right"] * 8
    assert states["bob"][:4] == ["right", "right", "right", "wrong"]
    assert states["bob"][4] in {"wrong", "waiting"}
    assert states["bob"][5:] == ["open"] * 3
    assert states["joe"] == ["right"] * 4 + ["wrong"] + ["right"] * 3
    points = {name: row["points"] for name, row in report.items()}
    assert points == {"ada": "8", "bob": "3", "eve": "8", "joe": "7"}
    for name in ("ada", "eve"):
        assert report[name]["tests passed"] == report[name]["tests expected"]
    assert report["eve"]["remarks"].startswith("changed tests/test_")
    assert report["eve"]["remarks"].endswith("; moved hw/engine.py -> hw/loop.py")
    markdown = (tmp_path / "review.md").read_text()
    assert "no result after 20 seconds: an endless loop?" in markdown
    assert markdown.count("\n## ") == 3  # nothing more to say about ada
