"""The page in Chromium, with Pyodide: `make web-test`, after `make web`."""

import base64
import io
import itertools
import os
import random
import shlex
import shutil
import statistics
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from conftest import FEATURES, TASKS, read_all, run_python

from scaffold.catalog.plugins import Plugin, find_feature
from scaffold.compose.recipe import CHOICES
from scaffold.compose.rules import full_preset
from scaffold.web.server import make_server
from scaffold.web.site import make_site

pytestmark = [
    pytest.mark.slow,
    # of playwright, which closes its pipes with the process
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "chromium")
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
HOSTILE = [
    "<img src=x onerror=alert(1)><script>alert(2)</script>",
    '"it\'s" `id` $(touch /tmp/x) %PATH% ; rm -rf ~ #',
    "{{ 7*7 }} {% raw %} # {% if x %} {# comment #}",
    "\U0001f600 \u202e reversed \u0301 \ufeff",
    '"""\'\'\' \\" \\n \\',
    "control \x1b[31m \x07",
    "two\nlines",
    "javascript:alert(1)",
    "__proto__",
]
CASES = 50
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with make_server(make_site(()), 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(chromium: Any, address: str) -> Any:
    """Return a page that is loaded; what it logs or throws, is in `page.problems`."""
    return open_page(chromium, address)


def open_page(chromium: Any, address: str, **options: object) -> Any:
    context = chromium.new_context(accept_downloads=True, **options)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("dialog", lambda dialog: page.problems.append(dialog.message))
    page.on("console", lambda message: log(page, message))
    page.goto(address)
    page.locator("#form").wait_for(state="visible")
    return page


def log(page: Any, message: Any) -> None:
    """Chromium asks for the icon again after each change of the fragment."""
    if not message.location["url"].endswith("icon.svg"):
        page.problems.append(message.text)


def show(page: Any, fragment: str) -> None:
    """Go to a link, and wait until it is shown."""
    page.evaluate("() => { document.body.dataset.shown = '' }")
    new = f"{fragment}&n={next(NUMBERS)}"  # the same link again would be no event
    page.evaluate("(to) => { location.hash = '#' + to }", new)
    page.locator("body[data-shown=yes]").wait_for()


def settle(page: Any) -> None:
    """Wait for the preview of a choice that was made."""
    page.locator("body[data-shown=yes]").wait_for()


def get_zip(page: Any) -> bytes:
    with page.expect_download() as download:
        page.locator("#download").click()
    return Path(download.value.path()).read_bytes()


def get_command(page: Any) -> list[str]:
    return shlex.split(page.locator("#commands code").first.inner_text())


def choose(task: Plugin, random: random.Random) -> str:
    """Return a link with random choices."""
    possible = full_preset(
        task, random.sample(FEATURES, len(FEATURES)), find_feature, []
    )
    features = random.sample(possible, random.randint(0, len(possible)))
    pairs = [("task", task.name), *(("with", plugin.name) for plugin in features)]
    pairs += [
        (f"set.{name}", str(random.choice(list(question.labels.values()))))
        for name, question in {**dict(task_questions(task)), **CHOICES}.items()
        if question.labels
    ]
    texts = ["Ada", *HOSTILE[:5]]
    pairs += [("set.author", random.choice(texts)), ("set.project_name", "p-1")]
    return urlencode(pairs, quote_via=quote)


def task_questions(task: Plugin) -> Iterator[tuple[str, Any]]:
    yield from task.manifest.questions.items()


def test_all_python_code_of_the_page_is_compiled() -> None:
    site = make_site(())
    code = zipfile.ZipFile(io.BytesIO(site["python.zip"]())).namelist()
    paths = [PurePosixPath(name) for name in code if "/_data/" not in name]
    compiled = zipfile.ZipFile(io.BytesIO(site["runtime/compiled.zip"]())).namelist()
    assert sorted(compiled) == sorted(
        str(path.parent / "__pycache__" / f"{path.stem}.cpython-314.pyc")
        for path in paths
        if path.suffix == ".py"
    )
    library = zipfile.ZipFile(io.BytesIO(site["runtime/python_stdlib.zip"]()))
    assert not [name for name in library.namelist() if name.endswith(".py")]


def test_the_zip_of_any_choice_is_the_project_of_scaffold_new(
    page: Any, tmp_path: Path
) -> None:
    """Every task, then at random; the same bytes, from Pyodide and from CPython."""
    generator = random.Random(18)
    tasks = [*TASKS, *generator.choices(TASKS, k=CASES - len(TASKS))]
    for number, task in enumerate(tasks):
        link = choose(task, generator)
        show(page, link)
        assert page.locator("#alert").is_hidden(), link
        home = tmp_path / str(number)
        zipfile.ZipFile(io.BytesIO(get_zip(page))).extractall(home / "zip")
        words = get_command(page)
        done = run_python("-m", *words, "--no-git", folder=home)
        assert done.code == 0, (link, done.err)
        assert read_all(home / "zip" / "p-1") == read_all(home / "p-1"), link
    assert page.problems == []


def test_a_project_from_the_page_trains_and_is_updated(
    page: Any, tmp_path: Path
) -> None:
    """By scaffold and by Copier, as a project of `scaffold new`."""
    show(page, "task=line&with=serve&set.project_name=my-line")
    zipfile.ZipFile(io.BytesIO(get_zip(page))).extractall(tmp_path)
    folder = tmp_path / "my-line"
    for words in (["init", "-q"], ["add", "--all"], ["commit", "-qm", "Initial"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    assert run_python("-m", "scaffold", "status", folder=folder).code == 0
    added = run_python("-m", "scaffold", "add", "compare", folder=folder)
    assert added.code == 0, added.err
    subprocess.run(["git", "commit", "-qam", "Add"], cwd=folder, check=True)
    command = [sys.executable, "-m", "copier", "update", "--defaults"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    trained = run_python("-m", "my_line", "train", "--epochs", "2", folder=folder)
    assert trained.code == 0, trained.err


CLICK = """name => new Promise((resolve) => {
  document.body.dataset.shown = "";
  const begin = performance.now();
  const observer = new MutationObserver(() => {
    if (document.body.dataset.shown !== "yes") return;
    observer.disconnect();
    // After the next frame is painted.
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begin)));
  });
  observer.observe(document.body, { attributes: true });
  document.getElementById(name).click();
})"""


def test_the_page_is_ready_and_a_choice_is_shown_soon(
    page: Any, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prints times, as measured in the browser. Nothing about them is asserted."""
    loads = []
    for _ in range(5):
        again = page.context.new_page()  # all files are in the cache of its context
        again.goto(address)
        again.locator("#form").wait_for(state="visible")
        loads.append(again.evaluate("() => performance.now()") / 1000)
        again.close()
    times = []
    for task in TASKS:
        show(page, f"task={task.name}")
        for _ in range(2):
            for name in ("serve", "export", "compare", "scale"):
                times.append(page.evaluate(CLICK, f"feature-{name}"))
    found = sorted(times)
    memory = page.evaluate("() => performance.memory?.usedJSHeapSize ?? 0") / 1e6
    with capsys.disabled():
        print(
            f"\nready after {statistics.median(loads):.1f} s, from the cache\n"
            f"{len(found)} choices: median {statistics.median(found):.0f} ms, "
            f"95th percentile {found[int(0.95 * len(found))]:.0f} ms; "
            f"heap of the page {memory:.0f} MB"
        )
    assert page.locator("[name=feature]").count() == len(FEATURES)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_texts_are_shown_as_text_or_refused(page: Any, text: str) -> None:
    page.problems.clear()
    for name in ("author", "description", "project_name", "weight"):
        show(page, urlencode({"task": "line", f"set.{name}": text}, quote_via=quote))
        message = page.locator(f"#answer-{name}-error").inner_text()
        if not message:
            assert f"--set {name}={text}" in " ".join(get_command(page))
            show(page, "task=line")
        else:
            assert page.locator("#download").is_disabled()
            assert page.locator(f"#answer-{name}").get_attribute("aria-invalid")
    for key in ("task", "with", "set.<b>"):
        pairs = {"task": "line", key: text}
        show(page, urlencode(pairs, quote_via=quote))
        if key in ("task", "with"):
            page.locator("#alert", has_text="The link cannot be restored").wait_for()
    assert page.locator("#preview img, #preview script, #form img").count() == 0
    assert page.problems == []


def test_a_link_restores_all_choices(chromium: Any, address: str) -> None:
    link = "task=digits&with=serve&with=early-stopping&set.model=mlp&set.comments=brief"
    page = open_page(chromium, f"{address}#{link}")
    assert page.locator("#task-digits").is_checked()
    assert page.locator("#feature-serve").is_checked()
    assert page.locator("#answer-model").input_value() == "mlp"
    assert page.locator("#answer-comments").input_value() == "brief"
    assert page.url.endswith(f"#{link}")
    page.context.close()


def test_it_works_without_network_once_it_is_loaded(
    chromium: Any, address: str
) -> None:
    page = open_page(chromium, address)
    page.context.set_offline(True)
    for task in TASKS:
        show(page, f"task={task.name}&with=serve&set.comments=brief")
        assert get_zip(page)[:2] == b"PK"
    assert page.problems == []
    page.context.close()


def test_the_keyboard_reaches_and_operates_everything(page: Any) -> None:
    show(page, "task=circle")
    page.locator("#task-circle").focus()
    page.evaluate("() => { document.body.dataset.shown = '' }")
    page.keyboard.press("ArrowDown")
    settle(page)
    assert page.locator("#task-diabetes").is_checked()
    page.keyboard.press("Tab")
    first = FEATURES[0]
    assert page.evaluate("() => document.activeElement.id") == f"feature-{first.name}"
    page.evaluate("() => { document.body.dataset.shown = '' }")
    page.keyboard.press("Space")
    settle(page)
    assert page.locator(f"#feature-{first.name}").is_checked()
    assert page.evaluate("() => document.activeElement.id") == f"feature-{first.name}"
    page.locator("#tab-files").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#changes").is_visible()
    added = next(iter(first.manifest.files))
    assert added in page.locator("#changes").inner_text()
    page.keyboard.press("ArrowLeft")
    page.locator("#tree button").nth(3).focus()
    page.keyboard.press("Enter")
    assert page.locator("#file h2").inner_text() == "my_diabetes/model.py"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    chromium: Any, address: str, scheme: str, width: int
) -> None:
    viewport = {"width": width, "height": 900}
    options = {"color_scheme": scheme, "viewport": viewport, "bypass_csp": True}
    page = open_page(chromium, address, **options)
    page.evaluate(AXE.read_text())
    for link, tab in (
        ("task=circle&with=serve", "files"),
        ("task=circle&with=serve&set.comments=brief", "changes"),
        ("task=line&set.weight=x&set.project_name=torch", "files"),
    ):
        show(page, link)
        page.locator(f"#tab-{tab}").click()
        found = page.evaluate("async () => (await axe.run()).violations")
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        if folder := os.environ.get("SCREENSHOTS"):
            name = f"{scheme}-{width}-{link[5:9]}-{tab}.png"
            page.screenshot(path=str(Path(folder) / name))
    page.context.close()


def test_an_existing_project_is_opened_and_closed(page: Any, tmp_path: Path) -> None:
    words = ("new", "mine", "--task", "line", "--with", "export", "--defaults")
    assert run_python("-m", "scaffold", *words, folder=tmp_path).code == 0
    show(page, "task=circle")
    page.evaluate("() => { document.body.dataset.shown = '' }")
    page.locator("#existing summary").click()
    page.locator("#folder").set_input_files(tmp_path / "mine")
    settle(page)
    assert page.locator("#task-line").is_checked()
    assert page.locator("#answer-project_name").input_value() == "mine"
    assert "line 0.2.0" in page.locator("#opened").inner_text()
    assert get_command(page) == ["scaffold", "update"]
    page.evaluate("() => { document.body.dataset.shown = '' }")
    page.locator("#feature-compare").click()
    settle(page)
    assert "compare.py" in page.locator("#changes").text_content()
    assert "scaffold add compare" in page.locator("#commands").inner_text()
    page.evaluate("() => { document.body.dataset.shown = '' }")
    page.locator("#leave").click()
    settle(page)
    assert page.locator("#task-circle").is_checked()
    assert page.locator("#download").is_visible()


DROP = """([answers, bundle]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes(answers)], ".copier-answers.yml"));
  if (bundle) files.items.add(new File([bytes(bundle)], "template.bundle"));
  document.body.dispatchEvent(
    new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: files }),
  );
}"""


def test_files_of_a_project_are_dropped_on_the_page(page: Any, tmp_path: Path) -> None:
    words = ("new", "dropped", "--task", "line", "--defaults")
    assert run_python("-m", "scaffold", *words, folder=tmp_path).code == 0
    paths = (".copier-answers.yml", ".scaffold/template.bundle")
    files = [(tmp_path / "dropped" / path).read_bytes() for path in paths]
    texts = [base64.b64encode(file).decode() for file in files]
    show(page, "task=circle")
    page.evaluate(DROP, [texts[0], ""])
    assert "lacks" in page.locator("#opened").inner_text()
    page.evaluate("() => { document.body.dataset.shown = '' }")
    page.evaluate(DROP, texts)
    settle(page)
    assert page.locator("#answer-project_name").input_value() == "dropped"
    page.evaluate("() => { document.body.dataset.shown = '' }")
    page.locator("#leave").click()
    settle(page)


def test_an_uploaded_table_is_in_the_zip(page: Any, tmp_path: Path) -> None:
    table = "".join(f"{n},{n % 7 + n / 10},{n % 3}\n" for n in range(60))
    (tmp_path / "mine.csv").write_text(f"size,price,kind\n{table}")
    show(page, "task=tabular&set.project_name=p-1")
    for name, choose in (
        ("data", lambda field: field.set_input_files(tmp_path / "mine.csv")),
        ("target", lambda field: field.fill("price")),
    ):
        page.evaluate("() => { document.body.dataset.shown = '' }")
        choose(page.locator(f"#answer-{name}"))
        settle(page)
    assert page.locator("#fix").is_hidden(), page.locator("#fix").inner_text()
    zipfile.ZipFile(io.BytesIO(get_zip(page))).extractall(tmp_path / "zip")
    done = run_python("-m", *get_command(page), "--no-git", folder=tmp_path)
    assert done.code == 0, done.err
    assert read_all(tmp_path / "zip" / "p-1") == read_all(tmp_path / "p-1")
    assert (tmp_path / "p-1" / "data" / "mine.csv").is_file()
    assert page.problems == []
