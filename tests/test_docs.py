"""The documents are correct: their commands run, and the contract is complete."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from conftest import FEATURES, NAMES, run_python

from scaffold.catalog.discovery import BASE
from scaffold.catalog.manifest import (
    ExerciseText,
    ExpectedResult,
    FeatureManifest,
    Field,
    TaskManifest,
)
from scaffold.catalog.questions import Question
from scaffold.check.worker.interface import LABELS
from scaffold.check.worker.interface import NAMES as CONTRACT
from scaffold.tree import target
from scaffold.update.merge import Kind

ROOT = Path(__file__).parents[1]
CONTRACT_PAGE = (ROOT / "docs" / "plugin-contract.md").read_text()
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
    page = (ROOT / "docs" / "teach.md").read_text()
    new = re.search(r"^scaffold new hw.*$", page, re.MULTILINE)
    assert new
    run(new[0], tmp_path)
    (example,) = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    assert example in (tmp_path / "hw" / "hw" / "engine.py").read_text()


def test_the_notebook_of_the_guide_is_explained_as_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "from-notebook-to-project.md").read_text()
    notebook = ROOT / "tests" / "teach" / "notebooks" / "circles.ipynb"
    shutil.copy(notebook, tmp_path)
    out = run(block("console", page), tmp_path)
    for example in re.findall(r"^```text\n(.*?)^```", page, re.M | re.S):
        assert example in out
    (named,) = re.findall(r"`(scaffold explain \w+ --notebook \S+)`", page)
    assert run(named, tmp_path) == out


def test_links_between_the_documents_resolve() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def read_guide() -> tuple[list[str], str]:
    """Return the blocks of commands, and the block of Python, of the guide."""
    commands = re.findall(r"^```console\n(.*?)^```", GUIDE, re.M | re.S)
    (data,) = re.findall(r"^```python\n(.*?)^```", GUIDE, re.M | re.S)
    return commands, data


def test_the_guide_leads_to_a_trained_project(tmp_path: Path) -> None:
    (start, use, check, train, publish), data = read_guide()
    run(start + use, tmp_path)

    package = tmp_path / "scaffold-moons" / "src" / "scaffold_moons" / "project"
    path = package / "{{ package }}" / "data.py"
    code = re.sub(r" +x, y = make_circles.*\n", data, path.read_text())
    path.write_text(code.replace("import make_circles", "import make_moons"))

    found = run(check, tmp_path, code=1)
    (example,) = re.findall(r"^```text\n(.*?)^```", GUIDE, re.M | re.S)
    for line in example.splitlines():
        assert line in found
    tests = package / "tests" / "test_moons.py"
    text = tests.read_text()
    begin = text.index("    first = torch.tensor")
    end = text.index("### EXERCISE: loss")
    tests.write_text(text[:begin].rstrip() + "\n\n\n" + text[end:])

    assert "saved plot: " in run(train, tmp_path)
    offline = publish.replace("pip install", "pip install --no-deps --target site")
    environment = f"export PYTHONPATH={tmp_path}/site:$PYTHONPATH\n"
    assert "Created" in run(environment + offline, tmp_path)


def block(language: str, text: str) -> str:
    """Return the only block of a language in a text."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)
    return str(found)


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

    assert run(check, tmp_path) == block("text", FEATURE_GUIDE)
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
