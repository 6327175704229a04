"""The documents are correct: their commands run, and the contract is complete."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from answers import right_answers, write_answers
from conftest import FEATURES, NAMES, run_python
from updates import commit

from scaffold.catalog.discovery import BASE
from scaffold.catalog.manifest import (
    ExerciseText,
    ExpectedResult,
    FeatureManifest,
    Field,
    TaskManifest,
)
from scaffold.catalog.manifest_checks import RESERVED, check_field
from scaffold.catalog.questions import Question
from scaffold.check.worker.interface import LABELS
from scaffold.check.worker.interface import NAMES as CONTRACT
from scaffold.cli.plugin.check import check
from scaffold.errors import PluginError
from scaffold.tree import target
from scaffold.update.merge import Kind

ROOT = Path(__file__).parents[1]
CONTRACT_PAGE = (ROOT / "docs" / "plugin-contract.md").read_text()
TEACHING = (ROOT / "docs" / "teach.md").read_text()
UPDATING = (ROOT / "docs" / "update.md").read_text()
GUIDE = (ROOT / "docs" / "write-a-plugin.md").read_text()
FEATURE_GUIDE = (ROOT / "docs" / "write-a-feature.md").read_text()


TABLES = (
    *(TaskManifest, FeatureManifest, Field, Question),
    *(ExpectedResult, ExerciseText),
)


def section(title: str) -> str:
    """Return a section of the contract."""
    _, _, rest = CONTRACT_PAGE.partition(f"\n## {title}\n")
    assert rest, title
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize("table", TABLES)
def test_every_key_of_plugin_toml_is_documented(table: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(table):
        assert re.search(rf"`\[*{field.name}\b", CONTRACT_PAGE), field.name


def test_only_keys_of_plugin_toml_are_documented() -> None:
    rows = re.findall(r"^\| (`.*?) \|", section("plugin.toml"), re.MULTILINE)
    keys = re.findall(r"`\[*(\w+)", " ".join(rows))
    known = {field.name for table in TABLES for field in msgspec.structs.fields(table)}
    assert set(keys) <= known | {"kind"}
    assert len(keys) > 30


@pytest.mark.parametrize("module", CONTRACT)
def test_every_name_of_the_contract_is_documented(module: str) -> None:
    """Compare the documented parameters with those of a built-in task."""
    task = ROOT / "plugins" / "tasks" / "circle" / "project" / "{{ package }}"
    functions = {
        node.name: [argument.arg for argument in node.args.args]
        for node in ast.parse((task / f"{module}.py").read_text()).body
        if isinstance(node, ast.FunctionDef)
    }
    for name in CONTRACT[module]:
        documented = re.search(rf"`{name}(?:\((.*?)\)| = [^`]*)`", CONTRACT_PAGE)
        assert documented, name
        if name in functions and name != "plot_predictions":
            assert documented[1].replace("outputs", "logits").split(", ") == [
                argument.replace("outputs", "logits") for argument in functions[name]
            ]


def test_the_contract_documents_each_slot_with_its_file_and_no_other() -> None:
    found = set()
    for path in [BASE / "copier.yml", *(BASE / "project").rglob("*.*")]:
        place = target(path.relative_to(BASE).as_posix()).removeprefix("project/")
        for slot in re.findall(r"(?:# |<!-- )slot: (\w+)", path.read_text()):
            found.add((place, slot))
    assert found == set(documented_slots())


def documented_slots() -> Iterator[tuple[str, str]]:
    """Yield file and slot of each row; a row without file is of the one above."""
    place = ""
    for line in section("Slots of a feature").splitlines():
        cells = re.split(r" ?\| ?", line)
        if line.startswith("|") and "`" in cells[2]:
            place = cells[1].strip("`") or place
            for slot in re.findall(r"`(\w+)`", cells[2]):
                yield place, slot


def test_every_family_is_documented() -> None:
    for family, dtype in LABELS.items():
        assert f"| `{family}` | {str(dtype).removeprefix('torch.')}" in CONTRACT_PAGE


def test_every_field_of_the_base_that_a_plugin_may_change_is_documented() -> None:
    config = (BASE / "project" / "{{ package }}" / "config.py").read_text()
    for name in re.findall(r"^    (\w+): .* = Field\(", config, re.MULTILINE):
        assert f"`{name}`" in CONTRACT_PAGE


def test_the_readme_names_every_task_and_feature() -> None:
    readme = (ROOT / "README.md").read_text()
    for name in (*NAMES, *(plugin.name for plugin in FEATURES)):
        assert f"| `{name}` |" in readme


def test_the_exercises_of_teach_md_are_those_of_a_project(tmp_path: Path) -> None:
    new = re.search(r"^scaffold new hw.*$", TEACHING, re.MULTILINE)
    assert new
    run(new[0], tmp_path)
    (example,) = re.findall(r"^```python\n(.*?)^```", TEACHING, re.M | re.S)
    assert example in (tmp_path / "hw" / "hw" / "engine.py").read_text()
    comments = console(TEACHING.partition("## Explanatory")[2].partition("\n## ")[0])
    out = run("".join(comments), tmp_path / "hw")
    assert out.count("updated   hw/train.py") == 2


def console(page: str) -> list[str]:
    """Return the blocks of commands in a page or a part of it."""
    return re.findall(r"^```console\n(.*?)^```", page, re.M | re.S)


def walk_through_the_course(home: Path) -> str:
    """Run the commands for teachers up to the report; return those that follow."""
    part = TEACHING.partition("## A course")[2].partition("\n## ")[0]
    plugin, new, clone, look, fix, update, push, merge, report, *rest = console(part)
    plugins = "export SCAFFOLD_PLUGINS=$PWD/scaffold-moons\n"
    run(plugin + new + clone, home)
    for path in (home / "class" / "ada" / "hw").glob("*.py"):
        text = write_answers(path.read_text(), right_answers("circle"))
        path.write_text(text)
    commit(home / "class" / "ada")
    out = run(plugins + look, home)
    assert re.search(r"^ada +moons +up to date +8 of 8 ", out, re.M)
    assert re.search(r"^bob +moons +up to date +0 of 8 ", out, re.M)
    out = run(plugins + fix + update, home)
    branch = "scaffold-update/moons-0.2.0"
    assert "moons 0.1.0 -> 0.2.0" in out
    assert "exercise 3 reworded, your answer kept: Choose the loss for two" in out
    assert push in out.replace("push origin", "push --quiet origin").replace(
        "  git", "git"
    )
    run(push + merge, home)
    assert branch in run("git -C hw branch --list", home)
    model = (home / "class" / "ada" / "hw" / "model.py").read_text()
    assert "Return one logit for each example:" in model
    assert "nn.ReLU()" in model
    run(report, home)
    assert "| ada |  | 8 | written |" in (home / "review.md").read_text()
    return "".join(rest)


def test_a_teacher_comes_from_a_task_to_a_report(tmp_path: Path) -> None:
    _, one = walk_through_the_course(tmp_path).split(" --megabytes 4000\n")
    out = run(one, tmp_path)
    assert re.search(r"^1 load the data +hw/data.py +open ", out, re.M)
    assert "No change: as the template has it." in out


@pytest.mark.slow
def test_a_teacher_comes_from_a_task_to_points(tmp_path: Path) -> None:
    judge = walk_through_the_course(tmp_path)
    out = run(judge, tmp_path)
    assert re.search(r"^ada +8 of 8 ", out, re.M)
    assert re.search(r"^bob +0 of 8 ", out, re.M)
    exercises = TEACHING.partition("## Exercises")[2].partition("\n## ")[0]
    new, enter, *commands = console(exercises)[0].splitlines()
    lines = [f"timeout 60 {line.partition('#')[0]} || true" for line in commands]
    out = run("\n".join([new, enter, *lines]), tmp_path / "class")
    assert "exercise 1" in out
    assert "-> 1 load the data" in out


def test_the_notebook_of_the_guide_is_explained_as_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "from-notebook-to-project.md").read_text()
    notebook = ROOT / "tests" / "teach" / "notebooks" / "circles.ipynb"
    shutil.copy(notebook, tmp_path)
    out = run(block("console", page), tmp_path)
    for example in re.findall(r"^```text\n(.*?)^```", page, re.M | re.S):
        assert example in out
    (named,) = re.findall(r"`(scaffold explain \w+ --notebook \S+)`", page)
    assert run(named, tmp_path) == out


def test_a_project_changes_its_language_as_the_page_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "translate.md").read_text()
    new, update = block("console", page).splitlines()
    run(new, tmp_path)
    loss = tmp_path / "my-circle" / "my_circle" / "loss.py"
    table = tomllib.loads(block("toml", page))["{{ package }}/loss.py"]
    ((english, korean),) = table.items()
    assert korean.splitlines()[0] in loss.read_text()
    run(update, tmp_path)
    assert english in loss.read_text()


def test_links_between_the_documents_resolve() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def blocks(language: str, text: str) -> list[str]:
    """Return the blocks of a language in a text."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def part(title: str) -> str:
    """Return a section of the guide to plugins."""
    _, _, rest = GUIDE.partition(f"\n## {title}\n")
    assert rest, title
    return rest.partition("\n## ")[0]


def make_moons(folder: Path) -> None:
    """Follow the guide up to the adapted task."""
    for title in ("Create a package", "Adapt the task"):
        run("".join(blocks("console", part(title))), folder)
    project = folder / "scaffold-moons" / "src" / "scaffold_moons" / "project"
    path = project / "{{ package }}" / "data.py"
    data = block("python", part("Adapt the task"))
    code = re.sub(r" +x, y = make_circles.*\n", data, path.read_text())
    path.write_text(code.replace("import make_circles", "import make_moons"))


def make_moon_tags(folder: Path) -> None:
    """Follow the guide to the task of another shape, whose files it shows."""
    text = part("A task of another shape")
    run(blocks("console", text)[0], folder)
    plugin = folder / "scaffold-moon-tags" / "src" / "scaffold_moon_tags"
    for path in re.findall(r"`(project/[^`]*)`", text):
        assert (plugin / path).is_file()
    files = ("data", "loss")
    for name, code in zip(files, blocks("python", text), strict=True):
        path = plugin / "project" / "{{ package }}" / f"{name}.py"
        assert code == path.read_text()


@pytest.mark.slow
def test_the_guide_leads_to_a_trained_project(tmp_path: Path) -> None:
    make_moons(tmp_path)
    check = without_cache(block("console", part("Check it")))
    found = run(check, tmp_path, code=1)
    for line in block("text", part("Check it")).splitlines():
        assert line in found
    assert "saved plot: " in run(block("console", part("Train")), tmp_path)
    publish = block("console", part("Publish"))
    offline = publish.replace("pip install", "pip install --no-deps --target site")
    environment = f"export PYTHONPATH={tmp_path}/site:$PYTHONPATH\n"
    assert "Created" in run(environment + offline, tmp_path)


@pytest.mark.slow
def test_the_guide_leads_to_a_task_of_another_shape(tmp_path: Path) -> None:
    make_moon_tags(tmp_path)
    check = blocks("console", part("A task of another shape"))[1]
    out = run(without_cache(check), tmp_path)
    assert "moon-tags: no findings in 3 projects." in out
    (printed,) = re.findall(r"The last command prints `(.*)`", GUIDE)
    assert out.splitlines()[-1] == printed


def test_the_guide_puts_two_tasks_into_a_package(tmp_path: Path) -> None:
    make_moons(tmp_path)
    make_moon_tags(tmp_path)
    text = part("Several tasks in one package")
    listed = run(block("console", text), tmp_path)
    assert {"moons", "moon-tags"} <= set(re.findall(r"^ *(\S+)", listed, re.MULTILINE))
    info = tmp_path / "scaffold-shapes" / "src" / "scaffold_shapes-1.dist-info"
    info.mkdir()
    points = block("toml", text).replace('"', "").replace("project.entry-points.", "")
    (info / "entry_points.txt").write_text(points)
    environment = f"export PYTHONPATH={info.parent}:$PYTHONPATH\n"
    new = "scaffold new p --task moon-tags --defaults"
    assert "Created" in run(environment + new, tmp_path)


def test_the_loss_in_the_guide_is_that_of_a_tested_task() -> None:
    code = block("python", part("Loss and metric that need more"))
    path = ROOT / "tests/plugins/tags/project/{{ package }}/loss.py"
    for definition in code.split("\n\n\n"):
        assert definition.strip() in path.read_text()


def test_the_guide_names_the_fixtures_of_the_tests_of_a_project() -> None:
    table = part("What your code may use").partition("| tests |")[2]
    documented = re.findall(r"^(?:\|)? ?\|? ?`(\w+)` \|", table, re.MULTILINE)
    conftest = (BASE / "project" / "tests" / "conftest.py").read_text()
    found = re.findall(r"@pytest.fixture.*\ndef (?:get_)?(\w+)", conftest)
    assert documented == found


def test_names_that_the_guide_calls_taken_are_refused(tmp_path: Path) -> None:
    text = part("What your code may use").partition("Some names are taken.")[2]
    fields, _, questions = text.partition("If a feature")[0].partition("A question")
    for name in re.findall(r"`(\w+)`", fields):
        name += "name" if name.endswith("_") else ""
        with pytest.raises(PluginError, match="reserved"):
            check_field(name, Field(default=1, help="h"), {})
    for name in re.findall(r"`(\w+)`", questions):
        assert name in RESERVED


def without_cache(check: str) -> str:
    """Return a command that does not use what an earlier run of this test has left."""
    return check.replace("plugin check", "plugin check --no-cache")


def block(language: str, text: str) -> str:
    """Return the only block of a language in a text."""
    (found,) = blocks(language, text)
    return found


@pytest.mark.slow
def test_the_guide_leads_to_a_feature(tmp_path: Path) -> None:
    start, use, check, add, remove, publish = re.findall(
        r"^```console\n(.*?)^```", FEATURE_GUIDE, re.M | re.S
    )
    assert '+    commands["lr-finder"] = find_lr' in run(start, tmp_path)
    assert "the loss falls most with train --lr " in run(use, tmp_path)

    folder = tmp_path / "scaffold-lr-finder" / "src" / "scaffold_lr_finder"
    for row in re.findall(r"^\| `(.*?)` \| \w", FEATURE_GUIDE, re.MULTILINE):
        assert (folder / row).is_file()
    toml, module = folder / "plugin.toml", folder / "project/{{ package }}/lr_finder.py"
    config = f"{block('toml', FEATURE_GUIDE)}\n[files]"
    toml.write_text(toml.read_text().replace("[files]", config))
    loop = block("python", FEATURE_GUIDE)
    module.write_text(re.sub(r" +for lr in .*\n", loop, module.read_text()))
    assert "config.n_rates" in module.read_text()

    found, documented = (
        run(without_cache(check), tmp_path),
        block("text", FEATURE_GUIDE),
    )
    assert re.sub(r"\d+", "N", found) == re.sub(r"\d+", "N", documented)
    assert run(add, tmp_path).count("\nlr ") >= 5
    project = tmp_path / "my-circle"
    assert "lr-finder" in run("python -m my_circle --help", project)
    run(remove, project)
    assert "lr-finder" not in run("python -m my_circle --help", project)
    offline = publish.replace("pip install", "pip install --no-deps --target site")
    environment = f"export PYTHONPATH={tmp_path}/site:$PYTHONPATH\n"
    assert re.search(r"lr-finder +0.1.0", run(environment + offline, tmp_path))


def run(commands: str, folder: Path, code: int = 0) -> str:
    """Run commands of a document in a shell, with this Python first on the path."""
    here = Path(sys.executable).parent
    script = f"set -e\nexport PATH={here}:$PATH\n{commands}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def read_updating(start: str, end: str = "") -> str:
    """Return the commands of a part of docs/update.md, from one heading to another."""
    part = UPDATING.partition(f"## {start}")[2]
    part = part.partition(f"## {end}")[0] if end else part
    return "".join(re.findall(r"^```console\n(.*?)^```", part, re.M | re.S))


def test_the_example_of_an_update_does_what_it_says(tmp_path: Path) -> None:
    out = run(read_updating("scaffold alone", "The plan"), tmp_path)
    assert "moons 0.1.0 -> 0.2.0" in out
    assert "A smaller learning rate, with fewer oscillations." in out
    assert re.search(r"merged +mine/config.py", out)
    assert re.search(r"updated +mine/model.py", out)
    assert "lr: float = Field(0.01" in out
    model = (tmp_path / "mine" / "mine" / "model.py").read_text()
    train = "cd mine; python -m mine train --epochs 1 --device cpu"
    assert "saved plot:" in run(train, tmp_path)
    assert "squeeze(1)" in model
    assert "<<<" not in model
    kept = run("scaffold diff mine", tmp_path)
    assert "+    hidden_units: int = Field(64" in kept
    assert not re.search(r"^[+-].*squeeze", kept, re.M)

    plugins = "export SCAFFOLD_PLUGINS=$PWD/scaffold-moons\n"
    more = run(plugins + read_updating("The plan"), tmp_path)
    assert "moons 0.2.0 -> 0.3.0" in more
    assert "lr: float = Field(0.005" in (tmp_path / "mine/mine/config.py").read_text()
    assert "hidden_units: int = Field(64" in more
    assert "No local changes." in more
    config = (tmp_path / "theirs" / "theirs" / "config.py").read_text()
    assert "lr: float = Field(0.002" in config
    assert "new       .scaffold/template.bundle" in more
    assert (tmp_path / "theirs" / "theirs" / "compare.py").is_file()


def test_every_option_of_the_check_is_documented() -> None:
    documented = re.findall(r"^\| `(--[\w-]+)", section("Check"), re.MULTILINE)
    options = {option for parameter in check.params for option in parameter.opts}
    assert {*documented, "--plugin", "--json", "plugin"} == options


def test_every_kind_of_row_is_documented() -> None:
    for kind in get_args(Kind):
        assert f"| {kind} |" in UPDATING


def test_the_commands_of_the_readme_do_what_it_says(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    (block,) = re.findall(
        r"^## In a project\n\n```console\n(.*?)^```", readme, re.M | re.S
    )
    new = ("new", "my-circle", "--task", "circle", "--defaults")
    assert run_python("-m", "scaffold", *new, folder=tmp_path).code == 0
    lines = [line.partition("#")[0] for line in block.splitlines()]
    quick = [line for line in lines if not line.startswith("pytest")]
    out = run("\n".join(quick), tmp_path / "my-circle")
    assert "outer" in out or "inner" in out
