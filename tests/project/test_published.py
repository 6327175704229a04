"""Published templates: a repository that grows, and the projects that Copier copies."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from conftest import Done, read_all, run_python
from updates import (
    NOTES,
    PACKAGE,
    Rings,
    commit,
    git,
    make_rings,
    replace,
    run_copier,
)

from scaffold.project.bundle import BUNDLE, MAX_OBJECTS

ANSWERS = ".copier-answers.yml"
Scaffold = Callable[..., Done]


class Publisher(NamedTuple):
    """The task `rings`, the repository of its template, and the command line."""

    rings: Rings
    repository: Path
    scaffold: Scaffold
    copied: Path  # a project of the first version

    def export(self, *words: str, task: str = "rings") -> Done:
        known = ("--task", task, "--plugin", self.rings.folder)
        return self.scaffold("template", "export", self.repository, *known, *words)

    def tags(self) -> list[str]:
        """Return the tags, the oldest first."""
        words = ("log", "--reverse", "--format=%D", "--decorate-refs=refs/tags/*")
        lines = git(self.repository, *words).splitlines()
        return [line.removeprefix("tag: ") for line in lines]

    def release(self, version: str, old: str, new: str) -> None:
        """Export a new version of the task."""
        replace(self.rings.overlay / NOTES, old, new)
        self.rings.release(version)
        done = self.export()
        assert done.code == 0, done.err

    def project(self) -> Path:
        """Return a project of the first version, as Copier generates it."""
        folder = self.repository.parent / "my-rings"
        shutil.copytree(self.copied, folder)
        was = self.copied.with_name("template")
        replace(folder / ANSWERS, f"_src_path: {was}", f"_src_path: {self.repository}")
        commit(folder)
        return folder


def copy(repository: Path, *words: str) -> Path:
    """Generate a project with Copier, and commit it."""
    folder = repository.parent / "my-rings"
    command = ("copy", "--defaults", *words, str(repository), folder.name)
    done = run_copier(folder.parent, *command)
    assert done.code == 0, done.err
    git(folder, "init", "--quiet")
    commit(folder)
    return folder


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a task, its repository and a project of it."""
    home = tmp_path_factory.mktemp("first")
    known = ("--task", "rings", "--plugin", make_rings(home).folder)
    words = ("-m", "scaffold", "template", "export", "template", *known)
    assert run_python(*words, folder=home).code == 0
    copy(home / "template")
    return home


@pytest.fixture
def publisher(first: Path, scaffold: Scaffold, tmp_path: Path) -> Publisher:
    """Return a publisher with a first version."""
    for name in ("rings", "template"):
        shutil.copytree(first / name, tmp_path / name)
    rings, repository = Rings(tmp_path / "rings"), tmp_path / "template"
    return Publisher(rings, repository, scaffold, first / "my-rings")


def assert_refused(publisher: Publisher, *messages: str, task: str = "rings") -> None:
    """Assert that an export is refused with one line, and changes nothing."""
    before = read_all(publisher.repository)
    done = publisher.export(task=task)
    assert done.code == 1
    assert done.err.count("\n") == 1
    for message in messages:
        assert message in done.err
    assert read_all(publisher.repository) == before


def test_each_version_is_a_commit_with_a_tag(publisher: Publisher) -> None:
    publisher.release("0.2.0", "line 3\n", "line three\n")
    publisher.rings.write("docs/more.md", "more\n")
    assert publisher.export("--with", "compare").code == 0
    publisher.rings.remove("docs/more.md")
    assert publisher.export().code == 0
    tags = publisher.tags()
    assert len(tags) == 4
    assert [tag.partition("+")[0] for tag in tags] == [
        "0.2.0",
        "0.2.0.post1",
        "0.2.0.post2",
        "0.2.0.post3",
    ]
    assert git(publisher.repository, "status", "--porcelain") == ""
    assert not (publisher.repository / "project/docs/more.md").exists()
    readme = (publisher.repository / "README.md").read_text()
    assert f"rings {'0.2.0'}" in readme
    assert "{{" not in readme


def test_the_same_version_adds_nothing(publisher: Publisher) -> None:
    before = read_all(publisher.repository)
    done = publisher.export()
    assert (done.code, done.out[:10]) == (0, "Up to date")
    after = read_all(publisher.repository)
    assert {path for path in after if not path.startswith(".git/")} == {
        path for path in before if not path.startswith(".git/")
    }
    assert len(publisher.tags()) == 1


def test_the_readme_names_the_command_that_exports_it(publisher: Publisher) -> None:
    words = ("--with", "compare", "--set", "comments=brief", "--set", "author=Ada L")
    assert publisher.export(*words).code == 0
    readme = (publisher.repository / "README.md").read_text()
    command = "scaffold template export DIR --task rings --with compare"
    assert f"{command} --set comments=brief --set 'author=Ada L'\n" in readme


def test_commits_of_others_are_refused(publisher: Publisher) -> None:
    (publisher.repository / "LICENSE").write_text("MIT\n")
    commit(publisher.repository)
    assert_refused(publisher, "no version with a tag of scaffold", "name a new folder")


def test_a_clone_without_tags_is_refused(publisher: Publisher) -> None:
    (tag,) = publisher.tags()
    git(publisher.repository, "tag", "--delete", tag)
    assert_refused(publisher, "git fetch --tags")


@pytest.mark.parametrize("path", ["copier.yml", "mine.txt"])
def test_uncommitted_changes_are_refused(publisher: Publisher, path: str) -> None:
    (publisher.repository / path).write_text("mine\n")
    assert_refused(publisher, "uncommitted changes", path)


def test_another_task_is_refused(publisher: Publisher) -> None:
    assert_refused(publisher, "the task rings, not of line", task="line")


def test_an_older_version_is_refused(publisher: Publisher) -> None:
    publisher.release("0.2.0", "line 3\n", "line three\n")
    publisher.rings.release("0.1.9")
    assert_refused(publisher, "exported with rings 0.2.0, but 0.1.9 is installed")


def test_another_repository_is_refused(publisher: Publisher) -> None:
    shutil.rmtree(publisher.repository)
    publisher.repository.mkdir()
    git(publisher.repository, "init", "--quiet")
    assert_refused(publisher, "has no commits")
    (publisher.repository / "mine.txt").write_text("mine\n")
    commit(publisher.repository)
    assert_refused(publisher, "no version with a tag of scaffold")


def test_a_file_in_the_way_stops_a_new_version(publisher: Publisher) -> None:
    """Git ignores it, so that it is no uncommitted change."""
    exclude = publisher.repository / ".git" / "info" / "exclude"
    exclude.write_text("more.md\n")
    publisher.rings.write("docs/more.md", "more\n")
    folder = publisher.repository / "project" / "docs"
    (folder / "more.md").mkdir()
    (folder / "more.md" / "mine.txt").write_text("mine\n")
    done = publisher.export()
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert (folder / "more.md" / "mine.txt").read_text() == "mine\n"
    assert len(git(publisher.repository, "tag").split()) == 1
    shutil.rmtree(folder / "more.md")
    assert publisher.export().code == 0


def test_answers_that_are_set_become_defaults(publisher: Publisher) -> None:
    text = 'a {{ b }} {# c "d" \\e ö'
    words = ("--set", "model=linear", "--set", f"author={text}")
    assert publisher.export(*words, "--set", "comments=brief").code == 0
    project = copy(publisher.repository)
    answers = yaml.safe_load((project / ANSWERS).read_text())
    assert answers["model"] == "linear"
    assert answers["author"] == text
    code = (project / "my_rings" / "engine.py").read_text()
    assert "# why:" not in code
    assert publisher.scaffold("diff", project).out == "No local changes.\n"


@pytest.mark.parametrize(
    "setting", ["model=round", "modl=relu", "author=a\x1bb", "package=x"]
)
def test_invalid_answers_are_refused(publisher: Publisher, setting: str) -> None:
    done = publisher.export("--set", setting)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert len(publisher.tags()) == 1


def test_data_of_the_publisher_is_not_exported(
    publisher: Publisher, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text("a,y\n1,2\n2,3\n")
    words = ("--task", "tabular", "--set", f"data={tmp_path / 't.csv'}")
    words += ("--set", "target=y", "--set", "family=regression")
    done = publisher.scaffold("template", "export", tmp_path / "new", *words)
    assert done.code == 2
    assert "a template has no data" in done.err
    assert not (tmp_path / "new").exists()


def test_a_copied_project_names_only_files_and_commands_that_work(
    publisher: Publisher,
) -> None:
    assert publisher.export("--with", "agents").code == 0
    project = copy(publisher.repository, "--data", "model=linear")
    assert ".scaffold" not in (project / "AGENTS.md").read_text()
    readme = (project / "README.md").read_text()
    assert ".scaffold" not in readme
    assert "scaffold update`" not in readme
    assert "scaffold new" not in readme
    assert not (project / ".scaffold").exists()
    tree = readme.partition("```text\n")[2].partition("```")[0]
    names = {line.split("── ")[1].split()[0] for line in tree.splitlines()}
    for name in names:
        assert list(project.rglob(name.rstrip("/"))), name


def test_copier_updates_a_copied_project_and_scaffold_reads_it(
    publisher: Publisher,
) -> None:
    publisher.release("0.2.0", "line 3\n", "line three\n")
    first, second = publisher.tags()
    project = copy(publisher.repository, "--vcs-ref", first)
    replace(project / NOTES, "line 18\n", "line 18, mine\n")
    commit(project)
    status = publisher.scaffold("status", project)
    assert status.code == 3
    assert "rings 0.1.0 -> 0.2.0" in status.out
    assert "run copier update" in status.out
    assert "+line 18, mine" in publisher.scaffold("diff", project).out

    assert run_copier(project, "update", "--defaults").code == 0
    commit(project)
    assert second in (project / ANSWERS).read_text()
    assert "line three\n" in (project / NOTES).read_text()
    assert publisher.scaffold("status", project).code == 0
    changed = publisher.scaffold("diff", project).out
    assert "+line 18, mine" in changed
    assert "three" not in changed
    known = ("--plugin", publisher.rings.folder)
    files = publisher.scaffold("explain", project, *known)
    assert "my_rings/engine.py" in files.out
    assert ".scaffold" not in files.out


def test_a_copied_project_is_only_updated_by_copier_or_adopted(
    publisher: Publisher,
) -> None:
    project = publisher.project()
    before = read_all(project)
    for words in (
        ("update", project),
        ("update", project, "--template-only"),
        ("add", "compare", "--dir", project),
        ("remove", "compare", "--dir", project),
    ):
        done = publisher.scaffold(*words)
        assert done.code == 1
        assert done.err.count("\n") == 1
        assert "scaffold update --adopt" in done.err
    assert read_all(project) == before


def test_an_adopted_project_is_like_a_new_one(publisher: Publisher) -> None:
    project = copy(publisher.repository, "--data", "model=linear")
    replace(publisher.rings.overlay / NOTES, "line 3\n", "line three\n")
    publisher.rings.release("0.2.0")
    known = ("--plugin", publisher.rings.folder)
    before = read_all(project)
    done = publisher.scaffold("update", project, "--adopt", *known)
    assert done.code == 0, done.err
    assert publisher.scaffold("update", project, "--abort").code == 0
    after = read_all(project)
    assert {path: after[path] for path in after if ".git/" not in path} == {
        path: before[path] for path in before if ".git/" not in path
    }

    assert publisher.scaffold("update", project, "--adopt", *known).code == 0
    commit(project)
    assert publisher.scaffold("status", project, *known).code == 0
    assert publisher.scaffold("update", project, *known).out == "Up to date.\n"
    fresh = project.parent / "fresh" / "my-rings"
    words = ("--task", "rings", "--defaults", "--set", "model=linear", "--no-git")
    assert publisher.scaffold("new", fresh, *words, *known).code == 0
    shutil.rmtree(project / ".git")
    assert read_all(project) == read_all(fresh)


def test_adoption_keeps_edits_and_shows_conflicts(publisher: Publisher) -> None:
    project = publisher.project()
    replace(project / NOTES, "line 3\n", "line 3, mine\n")
    replace(project / "my_rings" / "model.py", '"""', '"""Mine. ')
    commit(project)
    replace(publisher.rings.overlay / NOTES, "line 3\n", "line three\n")
    known = ("--plugin", publisher.rings.folder)
    done = publisher.scaffold("update", project, "--adopt", *known)
    assert done.code == 4
    assert "<<<<<<< your edits\nline 3, mine\n" in (project / NOTES).read_text()
    assert (project / "my_rings" / "model.py").read_text().startswith('"""Mine. ')


URL = "https://example.org/rings.git"


@pytest.fixture
def remote(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project that names a URL, which Git takes from the disk."""
    project = publisher.project()
    source = f"_src_path: {publisher.repository}"
    replace(project / ANSWERS, source, f"_src_path: {URL}")
    commit(project)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{publisher.repository}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", URL)
    return project


def test_the_network_is_only_used_on_request(
    publisher: Publisher, remote: Path
) -> None:
    known = ("--plugin", publisher.rings.folder)
    for words in (
        ("status", remote),
        ("status", remote, "--recursive"),
        ("diff", remote),
        ("explain", remote, *known),
        ("update", remote, "--adopt", *known),
    ):
        done = publisher.scaffold(*words)
        assert done.code == 1
        assert "add --fetch" in done.out + done.err
    for words in (
        ("status", remote, "--fetch"),
        ("status", remote, "--recursive", "--fetch"),
        ("diff", remote, "--fetch"),
        ("explain", remote / "my_rings" / "model.py", "--fetch", *known),
        ("update", remote, "--adopt", "--fetch", *known),
    ):
        done = publisher.scaffold(*words)
        assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("ext::sh -c touch% never", "is no folder here"),
        ("--upload-pack=touch never", "is no folder here"),
        ("no-folder", "is no folder here"),
        ("gh:someone/rings", "add --fetch"),
        ("git+https://example.org/rings", "add --fetch"),
        ("git@example.org:rings.git", "add --fetch"),
        (".", "cannot be read"),
    ],
)
def test_a_source_that_is_no_repository_is_one_line(
    publisher: Publisher, source: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = publisher.project()
    path = project / ANSWERS
    replace(path, f"_src_path: {publisher.repository}", f"_src_path: {source!r}")
    shutil.rmtree(project / ".git")
    monkeypatch.chdir(project)
    for command in ("status", "diff"):
        done = publisher.scaffold(command, project)
        assert done.code == 1
        assert done.err.count("\n") == 1
        assert message in done.err
    assert not (project / "never").exists()


@pytest.mark.parametrize("tag", ["v1", "--help", "a b", "0.2.0+000000000000"])
def test_a_version_that_the_repository_lacks_is_one_line(
    publisher: Publisher, tag: str
) -> None:
    project = publisher.project()
    (own,) = publisher.tags()
    replace(project / ANSWERS, f"_commit: {own}", f"_commit: {tag!r}")
    done = publisher.scaffold("status", project)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "which is no version of" in done.err


def test_prereleases_are_no_updates(publisher: Publisher) -> None:
    project = publisher.project()
    publisher.release("0.2.0", "line 3\n", "line three\n")
    new = publisher.tags()[-1]
    git(publisher.repository, "tag", "1.0rc1", new)
    git(publisher.repository, "tag", "other+0123456789ab", new)
    git(publisher.repository, "tag", "--delete", new)
    assert publisher.scaffold("status", project).code == 0
    assert run_copier(project, "check-update", "--quiet").code == 0


def put(repository: Path, path: str, text: str) -> None:
    """Publish a version with a file that scaffold does not write."""
    (repository / path).parent.mkdir(parents=True, exist_ok=True)
    (repository / path).write_text(text)
    git(repository, "add", "--all", "--force")
    git(repository, "commit", "--quiet", "--message", "x")
    git(repository, "tag", "9.0")


def test_a_published_template_is_checked_like_a_bundle(publisher: Publisher) -> None:
    project = publisher.project()
    settings = (publisher.repository / "copier.yml").read_text()
    put(publisher.repository, "copier.yml", f"{settings}_tasks: [touch /tmp/never]\n")
    done = publisher.scaffold("status", project)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "_tasks is not allowed" in done.err


def test_a_large_published_template_is_refused(publisher: Publisher) -> None:
    project = publisher.project()
    put(publisher.repository, "zeros", "0" * 40_000_000)
    done = publisher.scaffold("status", project)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "cannot be read" in done.err


def test_a_published_template_with_many_files_is_refused(publisher: Publisher) -> None:
    project = publisher.project()
    for number in range(MAX_OBJECTS):
        (publisher.repository / f"{number}.txt").write_text("")
    put(publisher.repository, "x.txt", "x")
    done = publisher.scaffold("status", project)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "too many files" in done.err


def test_a_link_in_a_published_template_is_refused(publisher: Publisher) -> None:
    project = publisher.project()
    (publisher.repository / "project" / "x").symlink_to("/etc/passwd")
    put(publisher.repository, "y", "y")
    done = publisher.scaffold("status", project)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "symlink" in done.err


def test_the_status_of_many_projects_includes_copied_ones(publisher: Publisher) -> None:
    project = publisher.project()
    done = publisher.scaffold("status", project.parent, "--recursive", "--json")
    found = {Path(row["path"]).name: row for row in json.loads(done.out)["projects"]}
    assert found["my-rings"]["state"] == "current"
    assert BUNDLE not in read_all(project)
    assert PACKAGE not in read_all(project)
