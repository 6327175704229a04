"""Features in a composed template: files of their own, slots, rules, config fields."""

import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest
from layers import PACKAGE, make_feature, render, text_of

from scaffold.catalog.discovery import BASE
from scaffold.errors import ArgumentError, PluginError

TRAIN = f"{PACKAGE}train.py"
CONFIG = f"{PACKAGE}config.py"
BLOCK = "# {% if validation %}\nimport os\n# {% endif %}"
TAKEN = "from .engine import predict"
CORE_TRAIN = (BASE / "project" / TRAIN).read_text()


def test_lines_are_inserted_at_the_indentation_of_the_slot(tmp_path: Path) -> None:
    lines = "# slot: epoch_end\nif epoch > 3:\n    print(run)\n\n    break\n"
    train = text_of(
        render("circle", make_feature(tmp_path, "f", {}, {TRAIN: lines})), "p/train.py"
    )
    expected = "        if epoch > 3:\n            print(run)\n\n            break\n"
    assert expected in train
    assert "slot" not in train


def test_without_features_no_trace_of_slots_remains() -> None:
    for path, file in render("circle").files.items():
        assert b"slot:" not in file.data, path


def test_adding_inserts_lines_and_changes_no_other_line(tmp_path: Path) -> None:
    lines = "import os\n\n# slot: setup\nprint(os.name)\n"
    feature = make_feature(tmp_path, "f", {}, {TRAIN: lines})
    before = text_of(render("circle"), "p/train.py").splitlines()
    after = text_of(render("circle", feature), "p/train.py").splitlines()
    added = ["import os", "    print(os.name)"]
    assert [line for line in after if line not in added] == before


def test_the_order_of_adding_does_not_matter(tmp_path: Path) -> None:
    features = [
        make_feature(
            tmp_path,
            name,
            {f"{PACKAGE}{name}.py": ""},
            {TRAIN: f"import {module}\n\n# slot: setup\nprint({module})\n"},
            keys,
        )
        for name, module, keys in (
            ("a", "os", 'requires = ["c"]\ndependencies = ["numpy>=2", "attrs>=1"]'),
            ("b", "ast", 'dependencies = ["attrs>=1"]'),
            ("c", "os", 'ignore = ["*.c"]'),
        )
    ]
    trees = [
        render("circle", *order).files for order in itertools.permutations(features)
    ]
    assert all(tree == trees[0] for tree in trees)
    train = trees[0]["p/train.py"].data.decode()
    slots = re.findall(r"print\((os|ast)\)", train)
    assert slots == ["ast", "os", "os"]  # b and c, then a, which requires c
    assert train.count("import os\n") == 1
    pyproject = trees[0]["pyproject.toml"].data.decode()
    assert pyproject.count("attrs>=1") == 1


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        (TRAIN, "# slot: nowhere\nx\n", "has no slot 'nowhere'"),
        (f"{PACKAGE}nothing.py", "# slot: setup\nx\n", "no layer has the file"),
        (TRAIN, "import os\n", "needs headings of the form"),
        (TRAIN, "# slot: setup-b\nx\n", "needs headings of the form"),
        (TRAIN, "# slot: setup\nx\n# slot: setup\ny\n", "slot setup has two headings"),
        (TRAIN, "x = 1\n# slot: setup\ny\n", "only imports come before"),
        (TRAIN, "import\n# slot: setup\ny\n", "line 1"),
        (TRAIN, f"{BLOCK}\n# slot: setup\ny\n", "imports cannot depend on answers"),
        (TRAIN, f"{TAKEN}\n# slot: setup\ny\n", "is imported from already"),
        ("pyproject.toml", "x = 1\n# slot: lint\ny\n", "no lines may come before"),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_inserted_are_refused(
    path: str, text: str, message: str, tmp_path: Path
) -> None:
    feature = make_feature(tmp_path, "f", {}, {path: text})
    with pytest.raises(PluginError) as caught:
        render("circle", feature)
    assert message in str(caught.value)
    assert Path(path).name in str(caught.value)


def test_slots_of_other_files_are_filled(tmp_path: Path) -> None:
    slots = {"pyproject.toml": "# slot: lint\nignore = ['B007']\n"}
    keys = 'ignore = ["*.x"]\nreadme = "## X"\ndependencies = ["attrs>=1"]'
    extras = '[extras]\nx = ["h11>=1"]\ntest = ["httpx2>=2"]\n'
    rendered = render("circle", make_feature(tmp_path, "f", {}, slots, keys, extras))
    pyproject = text_of(rendered, "pyproject.toml")
    assert "ignore = ['B007']\n" in pyproject
    assert '    "attrs>=1",\n]' in pyproject
    assert 'x = ["h11>=1"]\n' in pyproject
    assert '"httpx2>=2"' in pyproject
    assert text_of(rendered, ".gitignore").endswith("\n*.x\n")
    readme = text_of(rendered, "README.md")
    assert "\n\n## X\n\n## Files" in readme
    assert "scaffold new p --task circle --with f --defaults\n" in readme


def test_a_feature_can_branch_on_facts_of_the_recipe(tmp_path: Path) -> None:
    text = '# {% if "b" in features %}\nB = 1\n# {% else %}\nB = 0\n# {% endif %}\n'
    text += "VALIDATION = {{ validation }}\n"
    a = make_feature(tmp_path, "a", {f"{PACKAGE}a.py": text})
    b = make_feature(tmp_path, "b", {f"{PACKAGE}b.py": ""})
    assert text_of(render("circle", a), "p/a.py") == "B = 0\nVALIDATION = False\n"
    assert text_of(render("digits", a, b), "p/a.py") == "B = 1\nVALIDATION = True\n"


def test_a_path_belongs_to_one_layer(tmp_path: Path) -> None:
    one, other = (make_feature(tmp_path, name, {f"{PACKAGE}x.py": ""}) for name in "ab")
    with pytest.raises(PluginError, match=r"b/project.*: a has this file already"):
        render("circle", one, other)
    with pytest.raises(PluginError, match="core has this file already"):
        render("circle", make_feature(tmp_path, "c", {TRAIN: ""}))


def test_a_feature_can_replace_a_file_of_the_core(tmp_path: Path) -> None:
    keys = f'replaces = ["{TRAIN}"]'
    text = CORE_TRAIN.replace("SAVE_INTERVAL_S = 5.0", "SAVE_INTERVAL_S = 9.0")
    big = make_feature(tmp_path, "big", {TRAIN: text}, keys=keys)
    lines = make_feature(tmp_path, "f", {}, {TRAIN: "# slot: setup\nprint(9)\n"})
    rendered = render("circle", big, lines)
    assert "SAVE_INTERVAL_S = 9.0" in text_of(rendered, "p/train.py")
    assert "    print(9)\n" in text_of(rendered, "p/train.py")
    assert rendered.purposes["p/train.py"] == "of big"
    again = make_feature(tmp_path, "huge", {TRAIN: text}, keys=keys)
    with pytest.raises(ArgumentError, match="both replace"):
        render("circle", big, again)


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        (TRAIN, "", "has no slot 'after_evaluate', as in the core"),
        (f"{PACKAGE}data.py", "", "circle has this file already"),
        (f"{PACKAGE}new.py", "", "there is no such file in the core"),
    ],
)
def test_a_replacement_that_breaks_the_contract_is_refused(
    path: str, text: str, message: str, tmp_path: Path
) -> None:
    feature = make_feature(tmp_path, "f", {path: text}, keys=f'replaces = ["{path}"]')
    with pytest.raises(PluginError, match=message):
        render("circle", feature)


def test_fields_of_config_are_laid_out_as_ruff_does(tmp_path: Path) -> None:
    long = (
        "a description that is so long that it does not fit into a line with the rest"
    )
    config = f"""[config]
short = {{ default = 1, help = "short", ge = 0, lt = 9 }}
kind = {{ default = "a", help = "kind", choices = ["a", "b"] }}
wide = {{ default = 1e-30, help = "{long}", gt = 0.0, le = 1e30 }}
longer = {{ default = true, help = "{long} of it" }}
"""
    rendered = render("circle", make_feature(tmp_path, "f", tables=config))
    text = text_of(rendered, "p/config.py")
    assert '    short: int = Field(1, ge=0, lt=9, description="short")\n' in text
    assert '    kind: Literal["a", "b"] = Field("a", description="kind")\n' in text
    assert "    wide: float = Field(\n        1e-30,\n        gt=0.0,\n" in text
    (tmp_path / "config.py").write_text(text)
    words = "-m ruff format --check --no-cache config.py"
    done = subprocess.run([sys.executable, *words.split()], cwd=tmp_path)
    assert done.returncode == 0


def test_features_change_defaults_of_the_core(tmp_path: Path) -> None:
    config = """[config]
lr = { question = "rate", help = "learning rate" }
batch_size = 16
[questions.rate]
type = "float"
help = "The learning rate"
default = 0.125
"""
    feature = make_feature(tmp_path, "f", tables=config)
    text = text_of(render("circle", feature, rate="0.25"), "p/config.py")
    assert 'lr: float = Field(0.25, gt=0, description="learning rate")' in text
    assert "batch_size: int | None = Field(16, ge=1" in text


def test_two_plugins_cannot_add_the_same_field(tmp_path: Path) -> None:
    config = '[config]\nnoise = { default = 1.0, help = "noise" }\n'
    with pytest.raises(PluginError, match="noise: circle and f have it"):
        render("circle", make_feature(tmp_path, "f", tables=config))
