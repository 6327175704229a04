// Runs the generator: Python, in a thread of its own.

import { ANSWERS, BUNDLE } from "./paths.js";
import { loadPyodide } from "./runtime/pyodide.mjs";

const SITE = "/site";
const UPLOADS = "/uploads";
const PROJECT = "/project";

/** Fetch a file of the page. */
async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${(await response.text()).trim()}`);
  return response.arrayBuffer();
}

/** Start Python, and return it with the session of the page. */
async function start() {
  const [python, msgspec, ...archives] = await Promise.all([
    loadPyodide({ indexURL: "./runtime/" }),
    get("runtime/msgspec.whl"),
    get("python.zip"),
    get("runtime/compiled.zip"),
  ]);
  python.unpackArchive(msgspec, "wheel");
  for (const archive of archives) python.unpackArchive(archive, "zip", { extractDir: SITE });
  python.runPython(`import sys; sys.path.append("${SITE}")`);
  python.FS.mkdir(UPLOADS);
  return { python, session: python.pyimport("scaffold.web.session").start(SITE) };
}

const started = start();

const calls = {
  catalog: ({ session }) => session.catalog(),
  preview: ({ session }, choices, typed) => session.preview(choices, typed),
  archive({ session }, choices) {
    const bytes = session.archive(choices);
    const copied = bytes.toJs();
    bytes.destroy();
    return copied;
  },
  /** Keep a file of the user; return the path that answers a question. */
  upload({ python }, name, bytes) {
    const path = `${UPLOADS}/${name}`;
    python.FS.writeFile(path, bytes);
    return path;
  },
  /** Open an existing project, from two of its files. */
  open({ python, session }, answers, bundle) {
    python.FS.mkdirTree(`${PROJECT}/.scaffold`);
    python.FS.writeFile(`${PROJECT}/${ANSWERS}`, answers);
    python.FS.writeFile(`${PROJECT}/${BUNDLE}`, bundle);
    return session.open(PROJECT);
  },
  leave: ({ session }) => session.leave(),
};

onmessage = async ({ data: { id, call, parameters } }) => {
  try {
    postMessage({ id, result: calls[call](await started, ...parameters) });
  } catch (error) {
    // A Python error is a traceback, whose last line says what is wrong.
    const lines = String(error.message ?? error).trim().split("\n");
    postMessage({ id, error: lines.at(-1).replace(/^scaffold\.errors\.\w+: /, "") });
  }
};
