// Compiles Python code with Pyodide, in Node, so that the page need not do it at each start:
//
//   node compile.mjs RUNTIME          RUNTIME/python_stdlib.zip, in place
//   node compile.mjs RUNTIME MODULES  MODULES, a python.zip -> RUNTIME/compiled.zip

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, modules] = process.argv.slice(2);
const runtime = resolve(folder);
const LIBRARY = `${runtime}/python_stdlib.zip`;
const { loadPyodide } = await import(pathToFileURL(`${runtime}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: `${runtime}/` });

const bytesOf = (path) => new Uint8Array(readFileSync(path));

if (!modules) {
  python.FS.writeFile("/library.zip", bytesOf(LIBRARY));
  python.runPython(`
import importlib._bootstrap_external as external, zipfile

with (
    zipfile.ZipFile("/library.zip") as source,
    zipfile.ZipFile("/compiled.zip", "w", zipfile.ZIP_DEFLATED) as compiled,
):
    for name in source.namelist():
        data = source.read(name)
        if name.endswith(".py"):
            code = compile(data, name, "exec", dont_inherit=True)
            data = external._code_to_hash_pyc(code, bytes(8), checked=False)
            name += "c"  # where the import of zip files looks first
        compiled.writestr(name, data)
`);
  writeFileSync(LIBRARY, python.FS.readFile("/compiled.zip"));
} else {
  python.unpackArchive(bytesOf(modules), "zip", { extractDir: "/site" });
  // Hashes of the sources are checked: code that has changed since is compiled anew.
  python.runPython(`
import compileall, py_compile, re, zipfile
from pathlib import Path

checked = py_compile.PycInvalidationMode.CHECKED_HASH
compileall.compile_dir("/site", quiet=1, rx=re.compile("/_data/"), invalidation_mode=checked)
with zipfile.ZipFile("/compiled.zip", "w", zipfile.ZIP_DEFLATED) as compiled:
    for path in sorted(Path("/site").rglob("__pycache__/*.pyc")):
        compiled.write(path, path.relative_to("/site"))
`);
  writeFileSync(`${runtime}/compiled.zip`, python.FS.readFile("/compiled.zip"));
}
process.exit(0);
