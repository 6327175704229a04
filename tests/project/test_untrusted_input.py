"""A project is untrusted input: its template and answers are checked before use.

Each case is tried on `status`, `diff` and `update`: one line, and nothing happens.
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Done, read_all
from updates import commit, git, replace

from scaffold.project.bundle import BUNDLE, MAX_BYTES, MAX_OBJECTS, read_bundle
from scaffold.tree import Tree

ANSWERS = ".copier-answers.yml"
Scaffold = Callable[..., Done]


def read_template(folder: Path) -> Tree:
    """Return the template in the bundle of a new project."""
    (template,) = read_bundle(folder / BUNDLE).values()
    return template


class Cloned:
    """A project whose template can be manipulated."""

    def __init__(self, folder: Path, scaffold: Scaffold) -> None:
        self.folder = folder
        self.scaffold = scaffold
        self.template = folder.parent / "template"
        git(folder.parent, "init", "--quiet", "template")
        for path, file in read_template(folder).items():
            target = self.template / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.data)

    def pack(self, tag: str = "", *references: str) -> None:
        """Put the template as it is now into the project's bundle, under its tag."""
        git(self.template, "add", "--all", "--force", ".")
        git(self.template, "commit", "--quiet", "--allow-empty", "--message", "x")
        name = git(self.template, "rev-parse", "HEAD^{tree}").strip()
        self.name(tag or f"0.1.0+{name[:12]}", *references)

    def name(self, tag: str, *references: str) -> None:
        """Bundle the last commit of the template under a tag."""
        git(self.template, "tag", "--force", tag)
        path = str(self.folder / BUNDLE)
        git(self.template, "bundle", "create", "--quiet", path, *(references or [tag]))
        answers = (self.folder / ANSWERS).read_text()
        old = answers.split("_commit: ")[1].splitlines()[0]
        replace(self.folder / ANSWERS, old, tag)

    def assert_rejected(self, *messages: str) -> None:
        """Check that no command uses the project, and that nothing happens."""
        commit(self.folder)
        before = read_all(self.folder.parent)
        for command in ("status", "diff", "update"):
            done = self.scaffold(command, self.folder)
            assert done.code == 1, command
            assert done.out == ""
            assert done.err.count("\n") == 1
            for message in messages:
                assert message in done.err
            after = read_all(self.folder.parent)
            assert {k: v for k, v in after.items() if "/.git/" not in k} == {
                k: v for k, v in before.items() if "/.git/" not in k
            }


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sent") / "mine"


@pytest.fixture
def cloned(sent: Path, scaffold: Scaffold, tmp_path: Path) -> Cloned:
    if not sent.exists():
        assert scaffold("new", sent, "--task", "line", "--defaults").code == 0
    shutil.copytree(sent, tmp_path / "mine")
    return Cloned(tmp_path / "mine", scaffold)


def test_a_repacked_template_is_read(cloned: Cloned) -> None:
    cloned.template.joinpath("project", "README.md.jinja").write_text("other\n")
    git(cloned.template, "checkout", "--quiet", "--orphan", "one")
    cloned.pack()
    commit(cloned.folder)
    assert cloned.scaffold("status", cloned.folder).code == 3
    assert "README.md" in cloned.scaffold("diff", cloned.folder).out


@pytest.mark.parametrize(
    "key",
    [
        "_tasks: [touch /tmp/never]",
        "_migrations: [{command: touch /tmp/never}]",
        "_jinja_extensions: [os.path]",
        "_external_data: {other: /etc/passwd}",
        "_exclude: []",
        "_secret_questions: [author]",
        "_answers_file: ../../elsewhere.yml",
        "_subdirectory: ../..",
    ],
)
def test_copier_settings_that_run_or_fetch_are_rejected(
    cloned: Cloned, key: str
) -> None:
    config = cloned.template / "copier.yml"
    name = key.partition(":")[0]
    lines = [line for line in config.read_text().splitlines() if name not in line]
    config.write_text("\n".join([*lines, key]) + "\n")
    cloned.pack()
    cloned.assert_rejected(BUNDLE, name)


@pytest.mark.parametrize(
    "option", ["extensions: [os.path]", "loader: x", "trim_blocks: [1]", "finalize: 1"]
)
def test_other_jinja_options_are_rejected(cloned: Cloned, option: str) -> None:
    old = "    trim_blocks: true\n"
    replace(cloned.template / "copier.yml", old, f"    {option}\n")
    cloned.pack()
    cloned.assert_rejected("_envops", option.partition(":")[0])


def test_a_submodule_is_not_fetched(cloned: Cloned) -> None:
    module = "[submodule 'x']\n\tpath = x\n\turl = http://127.0.0.1:9/never\n"
    (cloned.template / ".gitmodules").write_text(module)
    cloned.pack()
    cloned.assert_rejected(".gitmodules")


def test_a_submodule_without_url_is_rejected(cloned: Cloned) -> None:
    link = "160000,0123456789012345678901234567890123456789,project/x"
    git(cloned.template, "update-index", "--add", "--cacheinfo", link)
    git(cloned.template, "commit", "--quiet", "--message", "x")
    name = git(cloned.template, "rev-parse", "HEAD^{tree}").strip()
    cloned.name(f"0.1.0+{name[:12]}")
    cloned.assert_rejected("project/x", "submodule")


def test_symlinks_are_rejected(cloned: Cloned) -> None:
    (cloned.template / "project" / "x").symlink_to("/etc/passwd")
    cloned.pack()
    cloned.assert_rejected("project/x", "link")


@pytest.mark.parametrize("name", [".gitattributes", ".GitAttributes", "a\\b", "c:d"])
def test_special_file_names_are_rejected(cloned: Cloned, name: str) -> None:
    (cloned.template / name).write_text("* filter=x\n")
    cloned.pack()
    cloned.assert_rejected("unsafe path")


@pytest.mark.parametrize(
    "name", ["{{ '.git' }}/hooks/pre-commit", "{{ '.gitmodules' }}"]
)
def test_special_file_names_after_rendering_are_rejected(
    cloned: Cloned, name: str
) -> None:
    target = cloned.template / "project" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("x\n")
    cloned.pack()
    commit(cloned.folder)
    done = cloned.scaffold("diff", cloned.folder)
    assert done.code == 1
    assert "unsafe path" in done.err


def test_jinja_cannot_reach_python(cloned: Cloned) -> None:
    readme = cloned.template / "project" / "README.md.jinja"
    readme.write_text("{{ ''.__class__.__mro__[1].__subclasses__() }}\n")
    cloned.pack()
    commit(cloned.folder)
    done = cloned.scaffold("diff", cloned.folder)
    assert done.code == 1
    assert "unsafe" in done.err


def test_a_history_is_rejected(cloned: Cloned) -> None:
    cloned.pack()
    (cloned.template / "project" / "x").write_text("x\n")
    cloned.pack()
    cloned.assert_rejected("whose parent is not the first version")


def test_two_versions_without_a_common_history_are_rejected(cloned: Cloned) -> None:
    cloned.pack()
    first = git(cloned.template, "tag").strip()
    git(cloned.template, "checkout", "--quiet", "--orphan", "other")
    (cloned.template / "project" / "x").write_text("x\n")
    cloned.pack("", first, "other")
    cloned.assert_rejected("not a bundle of one or two")
    (second,) = {*git(cloned.template, "tag").split()} - {first}
    cloned.name(second, first, second)
    cloned.assert_rejected("whose parent is not the first version")


def test_a_second_version_is_checked_like_the_first(cloned: Cloned) -> None:
    git(cloned.template, "checkout", "--quiet", "--orphan", "one")
    cloned.pack()
    first = git(cloned.template, "tag").strip()
    with (cloned.template / "copier.yml").open("a") as file:
        file.write("_tasks: [touch /tmp/never]\n")
    git(cloned.template, "commit", "--all", "--quiet", "--message", "x")
    name = git(cloned.template, "rev-parse", "HEAD^{tree}").strip()
    second = f"0.1.0.post1+{name[:12]}"
    cloned.name(second, first, second)
    cloned.assert_rejected("_tasks")


def test_a_tag_that_is_no_version_is_rejected(cloned: Cloned) -> None:
    cloned.pack("x.y+0123456789ab")
    cloned.assert_rejected("Invalid version")


def test_several_references_are_rejected(cloned: Cloned) -> None:
    cloned.pack()
    git(cloned.template, "branch", "other")
    tag = git(cloned.template, "tag").split()[0]
    cloned.name(tag, tag, "other")
    cloned.assert_rejected("not a bundle of one or two tagged commits")


def test_a_tag_of_another_tree_is_rejected(cloned: Cloned) -> None:
    cloned.pack("0.1.0+0123456789ab")
    cloned.assert_rejected("does not match its tag")


def test_a_large_bundle_is_rejected_without_reading(cloned: Cloned) -> None:
    with (cloned.folder / BUNDLE).open("r+b") as file:
        file.truncate(MAX_BYTES + 1)
    cloned.assert_rejected("larger than")


def test_a_large_unpacked_file_is_rejected(cloned: Cloned) -> None:
    (cloned.template / "zeros").write_bytes(bytes(40_000_000))
    cloned.pack()
    assert (cloned.folder / BUNDLE).stat().st_size < 200_000
    cloned.assert_rejected("limit")


def test_a_large_total_size_is_rejected(cloned: Cloned) -> None:
    for number in range(5):
        (cloned.template / f"zeros{number}").write_bytes(bytes(7_500_000 + number))
    cloned.pack()
    cloned.assert_rejected("unpacks to more than")


def test_many_objects_are_rejected(cloned: Cloned) -> None:
    for number in range(MAX_OBJECTS):
        (cloned.template / f"{number}.txt").write_text(f"{number}\n")
    cloned.pack()
    cloned.assert_rejected(f"more than {MAX_OBJECTS} objects")


def test_few_objects_that_unpack_to_many_files_are_rejected(cloned: Cloned) -> None:
    def store(kind: str, data: bytes) -> str:
        words = ["git", "hash-object", "-t", kind, "-w", "--stdin", "--literally"]
        done = subprocess.run(
            words, cwd=cloned.template, input=data, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    inner, mode = store("blob", b"x"), b"100644"
    for _ in range(12):  # ten times ten times ten ...
        entries = (f"{n} ".encode()[:1] for n in range(10))
        row = b"".join(
            mode + b" " + name + b"\0" + bytes.fromhex(inner) for name in entries
        )
        inner, mode = store("tree", row), b"40000"
    done = git(cloned.template, "commit-tree", inner, "-m", "x").strip()
    git(cloned.template, "update-ref", "HEAD", done)
    cloned.name("0.1.0+0123456789ab")
    cloned.assert_rejected("too many files")


@pytest.mark.parametrize("where", [0, 40, 0.5, -30])
def test_a_damaged_bundle_is_rejected(cloned: Cloned, where: float) -> None:
    data = bytearray((cloned.folder / BUNDLE).read_bytes())
    data[int(where * len(data)) if isinstance(where, float) else where] ^= 0x55
    (cloned.folder / BUNDLE).write_bytes(data)
    cloned.assert_rejected(BUNDLE, "git checkout")


@pytest.mark.parametrize("part", [0.0, 0.3, 0.99])
def test_a_truncated_bundle_is_rejected(cloned: Cloned, part: float) -> None:
    data = (cloned.folder / BUNDLE).read_bytes()
    (cloned.folder / BUNDLE).write_bytes(data[: int(part * len(data))])
    cloned.assert_rejected(BUNDLE)


@pytest.mark.parametrize("name", [BUNDLE, ANSWERS])
def test_a_symlink_in_place_of_a_file_is_rejected(cloned: Cloned, name: str) -> None:
    outside = cloned.folder.parent / "outside"
    (cloned.folder / name).rename(outside)
    (cloned.folder / name).symlink_to(outside)
    cloned.assert_rejected(name.rpartition("/")[2])


@pytest.mark.parametrize(
    "source",
    [
        "../outside.bundle",
        "/tmp/outside.bundle",
        "https://example.org/template.git",
        "gh:someone/template",
        "ext::sh -c touch% /tmp/never",
        ".scaffold/../.scaffold/template.bundle",
    ],
)
def test_another_template_is_not_used(cloned: Cloned, source: str) -> None:
    replace(cloned.folder / ANSWERS, f"_src_path: {BUNDLE}", f"_src_path: {source!r}")
    cloned.assert_rejected(" has its template from ")


def test_another_version_of_the_template_is_not_used(cloned: Cloned) -> None:
    replace(cloned.folder / ANSWERS, "_commit: ", "_commit: v1.")
    cloned.assert_rejected("_commit", "restore both")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x: !!python/object/apply:os.system [touch /tmp/never]", "is not valid YAML"),
        ("<<<<<<< HEAD", "is not valid YAML: line"),
        ("x: [1, 2]", "x must be a string"),
        ("x: &a {y: 1}", "x must be a string"),
        ("'a b': 1", "invalid key"),
        ("? [a]\n: 1", "is not valid YAML"),
        ("x: 2026-01-01", "x must be a string"),
    ],
)
def test_invalid_answers_files_are_rejected(
    cloned: Cloned, line: str, message: str
) -> None:
    with (cloned.folder / ANSWERS).open("a") as file:
        file.write(f"{line}\n")
    cloned.assert_rejected(ANSWERS, message)


def test_large_answers_files_are_rejected_without_reading(cloned: Cloned) -> None:
    with (cloned.folder / ANSWERS).open("a") as file:
        file.write(f"x: {'y' * 100_000}\n")
    cloned.assert_rejected("larger than")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("project_name: ../../x", "letters, digits"),
        ("loss: '{{ 1/0 }}'", "invalid choice"),
        ('author: "a\\u001b[2Jb"', "it holds"),
    ],
)
def test_invalid_answers_are_rejected(cloned: Cloned, line: str, message: str) -> None:
    path = cloned.folder / ANSWERS
    name = line.partition(":")[0]
    kept = [row for row in path.read_text().splitlines() if not row.startswith(name)]
    path.write_text("\n".join([*kept, line]) + "\n")
    commit(cloned.folder)
    for command in ("diff", "update"):
        words = ("--set", "comments=brief") if command == "update" else ()
        done = cloned.scaffold(command, cloned.folder, *words)
        assert done.code in {1, 2}
        assert message in done.err
        assert "\033" not in done.err


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"name": "line"', '"name": "line\\u001b[2J"'),
        ('"source": "built-in"', '"source": "package x; rm -rf ~ 1"'),
        ('"format": 2', '"format": 3'),
        ('"comments": "lesson"', '"comments": "loud"'),
        ('"scaffold": "0.2.0"', '"scaffold": "new\'est"'),
        ('"plugins": [', '"plugins": 3, "x": ['),
    ],
)
def test_an_invalid_recipe_is_rejected(cloned: Cloned, old: str, new: str) -> None:
    replace(cloned.template / "recipe.json", old, new)
    cloned.pack()
    commit(cloned.folder)
    for command in ("status", "update"):
        done = cloned.scaffold(command, cloned.folder)
        assert done.code == 1
        assert done.err.count("\n") == 1
        assert "recipe" in done.err
        assert "\033" not in done.err
        assert "rm -rf" not in done.err


def test_trust_settings_of_copier_are_ignored(
    cloned: Cloned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "settings.yml"
    settings.write_text("trust: ['', /, .]\n")
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))
    with (cloned.template / "copier.yml").open("a") as file:
        file.write(f"_tasks: ['touch {tmp_path}/ran']\n")
    cloned.pack()
    cloned.assert_rejected("_tasks")
    assert not (tmp_path / "ran").exists()
