"""Get Pyodide for the page, and write the page for any web server: `make web`.

Pyodide comes from npm, and msgspec, which has compiled code, from PyPI, each in the
version named here. All other Python code is taken from the environment that runs this,
and compiled to bytecode by `compile.mjs`.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from scaffold.web.site import RUNTIME, make_site, write_site, zip_python

PYODIDE, MSGSPEC = "314.0.7", "0.22.0"
# The platform of that Pyodide, in the words of pip.
PYTHON, PLATFORM = "3.14", "pyemscripten_2026_0_wasm32"
FILES = (
    "README.md",
    "package.json",
    "pyodide-lock.json",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "pyodide.mjs",
    "python_stdlib.zip",
)
COMPILER = Path(__file__).parent / "compile.mjs"
DIST = Path(__file__).parent / "dist"


def main() -> None:
    if not is_built():
        build_runtime(RUNTIME)
    compile_modules(RUNTIME)
    shutil.rmtree(DIST, ignore_errors=True)
    site = make_site(())
    write_site(site, DIST)
    size = sum(path.stat().st_size for path in DIST.rglob("*") if path.is_file())
    print(f"{DIST}: {len(site)} files, {size / 1e6:.1f} MB")


def is_built() -> bool:
    """Return whether the runtime is there, in the versions named above."""
    return (RUNTIME / "built").is_file() and (RUNTIME / "built").read_text() == built()


def built() -> str:
    """Return what the file `built` holds, which is written last."""
    return f"pyodide {PYODIDE}, compiled\nmsgspec {MSGSPEC}\n"


def build_runtime(folder: Path) -> None:
    """Write Pyodide and msgspec to a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        run("npm", "pack", "--silent", f"pyodide@{PYODIDE}", folder=home)
        with tarfile.open(home / f"pyodide-{PYODIDE}.tgz") as archive:
            for name in FILES:
                member = archive.extractfile(f"package/{name}")
                assert member, name
                (folder / name).write_bytes(member.read())
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
        abi = f"cp{PYTHON.replace('.', '')}"
        platform = ("--platform", PLATFORM, "--python-version", PYTHON, "--abi", abi)
        only = ("--only-binary", ":all:", "--implementation", "cp")
        run(*pip, *only, *platform, f"msgspec=={MSGSPEC}", folder=home)
        shutil.copy(next(home.glob("msgspec-*.whl")), folder / "msgspec.whl")
    run("node", str(COMPILER), str(folder), folder=folder)
    (folder / "built").write_text(built())


def compile_modules(folder: Path) -> None:
    """Write the bytecode of the modules that are in python.zip to a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "python.zip").write_bytes(zip_python(()))
        run("node", str(COMPILER), str(folder), "python.zip", folder=Path(scratch))


def run(*words: str, folder: Path) -> None:
    """Run a command; end with one line if it fails."""
    try:
        subprocess.run(words, cwd=folder, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"Error: the page was not built: {error}") from error


if __name__ == "__main__":
    main()
