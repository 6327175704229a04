"""Run inside a project: damage its run in many ways, and call what reads it.

`damage.py PACKAGE EVERY` tries each EVERYth kind of damage, in one process, and prints
the damages whose end was neither success nor one line.
"""

import contextlib
import copy
import io
import json
import random
import runpy
import shutil
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib.figure
import torch

RUN, PRISTINE = Path("runs/001"), Path("pristine")
Damage = tuple[str, Callable[[], object]]
WRONG: list[Any] = [
    None, True, -1, 2.5, 10**30, "x", "", [], {}, [1, "x"], {"a": {}}, float("nan"),
]  # fmt: skip


def texts(name: str) -> Iterator[Damage]:
    """Yield damages that any text file can have."""
    path = RUN / name
    text = (PRISTINE / name).read_bytes()
    contents = {
        "empty": b"",
        "cut": text[: len(text) // 2],
        "binary": b"\x80\xff\x00" * 9,
        "NUL": text.replace(b"1", b"\x00"),
        "BOM": b"\xef\xbb\xbf" + text,
        "deep": b"[" * 100_000,
        "digits": b"9" * 5_000,
        "UTF-16": text.decode().encode("utf-16"),
        "list": b"[1, 2]",
        "null": b"null",
    }
    for what, content in contents.items():
        yield f"{name} {what}", lambda content=content: path.write_bytes(content)
    yield f"{name} missing", path.unlink

    def replace_by_folder() -> None:
        path.unlink()
        path.mkdir()

    yield f"{name} folder", replace_by_folder


def set_json(name: str, keys: list[Any], value: Any) -> None:
    """Set a value somewhere in a JSON file."""
    content = json.loads((PRISTINE / name).read_text())
    place = content
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    (RUN / name).write_text(json.dumps(content))


def json_damages(name: str) -> Iterator[Damage]:
    """Yield a wrong value at each place of a JSON file, and each missing key."""
    content = json.loads((PRISTINE / name).read_text())
    for keys, _ in walk(content):
        for value in WRONG:
            if keys and keys[0] not in ("git_commit", "git_dirty"):
                yield (
                    f"{name} {keys} = {str(value)[:20]!r}",
                    lambda keys=keys, value=value: set_json(name, keys, value),
                )

    def drop(key: str) -> None:
        rest = {other: value for other, value in content.items() if other != key}
        (RUN / name).write_text(json.dumps(rest))

    for key in content:
        yield f"{name} without {key}", lambda key=key: drop(key)


def walk(content: Any, keys: tuple[Any, ...] = ()) -> Iterator[tuple[list[Any], Any]]:
    """Yield each place in nested dicts and lists, and what is there."""
    yield list(keys), content
    if isinstance(content, dict | list | tuple):
        items = content.items() if isinstance(content, dict) else enumerate(content)
        for key, value in list(items)[:12]:
            yield from walk(value, (*keys, key))


def metrics_damages() -> Iterator[Damage]:
    """Yield damages of metrics.csv, such as by a spreadsheet."""
    path = RUN / "metrics.csv"
    text = (PRISTINE / "metrics.csv").read_text()
    head, *rows = text.splitlines()
    contents = {
        "other header": text.replace("epoch", "step", 1),
        "no header": "\n".join(rows),
        "epoch 1.5": text.replace("\n1,", "\n1.5,"),
        "added column": "\n".join(line + ",1" for line in (head, *rows)),
        "longer row": text.replace("\n1,", "\n1,1,"),
        "shorter row": text[: text.rindex(",")],
        "huge field": text + "9," + "9" * 200_000 + ",1,1\n",
        "huge quoted field": text.replace("\n1,", '\n"' + "1" * 200_000 + '",'),
        "text": text.replace("\n1,", "\nx,x"),
        "NaN": head + "\n0,nan,nan,nan\n1,inf,1,1\n",
        "semicolons": text.replace(",", ";"),
        "quote": text.replace("\n1,", '\n"1,'),
        "fewer rows": head + "\n",
        "more rows": text * 2,
    }
    for what, content in contents.items():
        yield f"metrics.csv {what}", lambda content=content: path.write_text(content)


def wrong_values(value: Any) -> list[Any]:
    """Return values of other types, other shapes, and NaN for a place."""
    if not isinstance(value, torch.Tensor):
        return [*WRONG, torch.zeros(2)]
    shapes = [torch.zeros(()), torch.zeros(3, 3, 3), torch.zeros(0), value[..., None]]
    kinds = [value.bool(), value.to(torch.complex64), value.to_sparse()]
    return [*WRONG[:8], *shapes, *kinds, value * float("nan"), value + float("inf")]


def checkpoint_damages(name: str) -> Iterator[Damage]:
    """Yield wrong contents of a well-formed checkpoint."""
    content = torch.load(PRISTINE / name, weights_only=True)

    def save(keys: list[Any], value: Any, drop: bool = False) -> None:
        changed = copy.deepcopy(content)
        place: Any = changed
        for key in keys[:-1]:
            place = place[key]
        if drop:
            del place[keys[-1]]
        elif keys:
            place[keys[-1]] = value
        torch.save(changed if keys else value, RUN / name)

    for keys, old in walk(content):
        if is_tuple(content, keys) or (keys[:1] == ["optimizer"] and not scaled()):
            continue  # the state of an optimizer is checked by the feature scale only
        for value in wrong_values(old):
            what = f"{name} {keys} = {type(value).__name__} {str(value)[:20]!r}"
            yield what, lambda keys=keys, value=value: save(keys, value)
        if keys:
            yield f"{name} without {keys}", lambda keys=keys: save(keys, None, True)


def scaled() -> bool:
    """Return whether the project has the feature scale."""
    return Path(sys.argv[1], "distributed").exists()


def is_tuple(content: Any, keys: list[Any]) -> bool:
    """Return whether a place is in a tuple, which cannot change."""
    for key in keys[:-1]:
        content = content[key]
    return isinstance(content, tuple)


def run_command(package: str, words: list[str]) -> str:
    """Run a command in this process; return "" if it ended well, or in one line."""
    sys.argv[1:] = words
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            out.reconfigure = lambda **_: None  # type: ignore[attr-defined]
            runpy.run_module(package, run_name="__main__", alter_sys=False)
    except SystemExit as error:
        text = str(error.code or "")
        return f"several lines: {text}" if "\n" in text else ""
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})"[:200]
    return ""


def main(package: str, every: int) -> None:
    """Try the damages, and print which end in a traceback."""
    matplotlib.figure.Figure.savefig = lambda *_, **__: None  # type: ignore
    warnings.simplefilter("ignore")
    shutil.copytree(RUN, PRISTINE)
    example = run_example(package)
    commands = [["evaluate"], ["plot"], ["predict", *example]]
    commands += [["train", "--resume", "--epochs", "3", "--device", "cpu"]]
    damages = [*metrics_damages(), *texts("metrics.csv"), *texts("config.json")]
    damages += json_damages("config.json")
    if (PRISTINE / "data_info.json").exists():
        damages += [*texts("data_info.json"), *json_damages("data_info.json")]
    for name in ("last.pt", "best.pt"):
        if (PRISTINE / name).exists():
            damages += [*texts_of_binary(name), *checkpoint_damages(name)]
    random.Random(0).shuffle(damages)
    tried = found = 0
    for what, damage in damages[::every]:
        for command in commands:
            shutil.rmtree(RUN)
            shutil.copytree(PRISTINE, RUN)
            damage()
            tried += 1
            if problem := run_command(package, command):
                found += 1
                print(f"{what} | {command[0]}: {problem}")
    print(f"{found} of {tried}")


def texts_of_binary(name: str) -> Iterator[Damage]:
    """Yield damages of a file as bytes."""
    path, whole = RUN / name, (PRISTINE / name).read_bytes()
    for place in range(10, len(whole), len(whole) // 20):
        cut = whole[:place]
        yield f"{name} cut at {place}", lambda cut=cut: path.write_bytes(cut)
        flipped = cut + bytes([whole[place] ^ 4]) + whole[place + 1 :]
        yield f"{name} flipped {place}", lambda f=flipped: path.write_bytes(f)
    yield f"{name} missing", path.unlink


def run_example(package: str) -> list[str]:
    """Return the values of the example inputs."""
    path = PRISTINE / "data_info.json"
    if path.exists():
        inputs = json.loads(path.read_text())["data_info"]["inputs"]
    else:
        inputs = __import__(f"{package}.data", fromlist=["data"]).INPUTS
    return [str(value) for value in inputs.values()]


if __name__ == "__main__":
    sys.path.insert(0, ".")
    main(sys.argv[1], int(sys.argv[2]))
