// The page: choices in, preview out.

import { byId, copy, make, say } from "./dom.js";
import { ask, latest } from "./engine.js";
import { connectExisting, showExisting } from "./existing.js";
import { makeTasks, showFeatures, showQuestions } from "./form.js";
import { fromFragment, toFragment } from "./link.js";
import { showProject, startViews } from "./preview.js";

const TYPING = 120; // milliseconds without a key before a preview
const MAX_UPLOAD = 50_000_000;
let choices = { task: "", features: [], answers: {} };
let shown = null; // the last preview
let project = null; // an existing one that is open, and the choices before
let timer = 0;
let links = 0; // that were followed

const isFile = (name) => shown?.questions.some((q) => q.name === name && q.type === "file");

/** Show the preview of the choices. */
const refresh = latest(async (changed, typed = "") => {
  await preview(changed, typed);
  document.body.dataset.shown = "yes"; // for tests
});

/** Ask for a preview, and show it. */
async function preview(changed, typed) {
  const asked = choices;
  const result = await call("preview", JSON.stringify(asked), typed);
  if (result === undefined) return;
  const found = JSON.parse(result);
  say(byId("alert"), found.error ?? "");
  const invalid = Object.keys(found.errors ?? {});
  byId("download").disabled = Boolean(found.error) || invalid.length > 0;
  if (found.error) return;
  say(byId("fix"), invalid.length ? `Correct ${invalid.join(", ")} first; the preview has the default.` : "");
  shown = { ...found, choices: asked };
  document.querySelectorAll("[name=task]").forEach((input) => (input.checked = input.value === asked.task));
  showFeatures(found.features);
  showQuestions(found.questions, asked.answers, found.errors);
  showProject(found, found.opened ? "Changed in the project" : changed ? `Changed by ${changed}` : "Changes");
  showCommands(found);
  showExisting(found.opened, project?.versions);
  if (!found.opened) history.replaceState(null, "", toFragment(asked, isFile));
}

/** Call the worker; a failure is shown, and gives undefined. */
async function call(...parameters) {
  try {
    return await ask(...parameters);
  } catch (error) {
    say(byId("alert"), error.message);
    return undefined;
  }
}

/** Show the commands that do the same, each with a button to copy it. */
function showCommands({ commands, package: name }) {
  byId("commands").replaceChildren(
    ...(byId("fix").hidden ? commands : []).map(([title, text]) => {
      const button = make("button", { type: "button", "aria-label": `Copy: ${title}` }, "Copy");
      button.onclick = async () => said(await copy(text), "Copied.");
      const code = make("pre", { tabIndex: 0, "aria-label": title, role: "region" }, make("code", {}, text));
      return make("div", { className: "command" }, make("h2", {}, title), code, button);
    }),
  );
  byId("package").textContent = `${name} train`;
}

/** Say what a button did. */
function said(done, text) {
  byId("said").textContent = done ? text : "The browser does not allow it; copy by hand.";
}

/** Take what was chosen in the form, and show it. */
async function change({ target }) {
  const { name, value } = target;
  const { task, features, answers } = choices;
  if (!name) return;
  if (name === "task") {
    choices = { task: value, features: [], answers: keep(answers, ["project_name", "author", "comments", "variant", "language"]) };
  } else if (name === "feature") {
    choices = { task, features: target.checked ? [...features, value] : features.filter((f) => f !== value), answers };
  } else if (target.type === "file") {
    const path = await upload(target.files[0]);
    if (!path) return;
    choices = { task, features, answers: { ...answers, [name]: path } };
  } else {
    const text = target.type === "checkbox" ? String(target.checked) : value;
    choices = { task, features, answers: { ...answers, [name]: text } };
  }
  refresh(name === "task" || name === "feature" ? value : name, target.type === "text" ? name : "");
}

/** Return the answers with these names. */
function keep(answers, names) {
  return Object.fromEntries(Object.entries(answers).filter(([name]) => names.includes(name)));
}

/** Give a file to the worker; return its path there. */
async function upload(file) {
  if (!file) return undefined;
  if (file.size > MAX_UPLOAD) {
    say(byId("alert"), `${file.name} is larger than ${MAX_UPLOAD / 1e6} MB; use the command line`);
    return undefined;
  }
  return call("upload", file.name, new Uint8Array(await file.arrayBuffer()));
}

/** Open an existing project: the form is about that, until it is closed. */
async function open(answers, bundle) {
  const result = await call("open", answers, bundle);
  if (result === undefined) return;
  const { error, choices: recorded, versions } = JSON.parse(result);
  if (error) {
    byId("opened").textContent = error;
    return;
  }
  project = { versions, before: project?.before ?? choices };
  choices = recorded;
  refresh("an update");
}

/** Close the existing project. */
async function leave() {
  await call("leave");
  choices = project.before;
  project = null;
  refresh("");
}

/** Save the zip of the project. */
async function download() {
  const bytes = await call("archive", JSON.stringify(choices));
  if (!bytes) return;
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
  make("a", { href: address, download: `${shown.name}.zip` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  said(true, `Saved ${shown.name}.zip.`);
}

/** Take the choices of a link, or the first task. */
async function restore(catalog) {
  const first = { task: catalog.tasks[0].name, features: [], answers: {} };
  choices = fromFragment(location.hash) ?? first;
  links += 1;
  const link = links;
  await refresh("");
  const problem = byId("alert").textContent;
  if (!problem || link !== links) return;
  choices = shown ? shown.choices : first;
  await refresh("");
  say(byId("alert"), `The link cannot be restored: ${problem}`);
}

/** Connect form and buttons. */
function connect(catalog) {
  const form = byId("form");
  form.onsubmit = (event) => event.preventDefault();
  form.onchange = (event) => {
    clearTimeout(timer);
    change(event);
  };
  form.oninput = (event) => {
    if (event.target.type !== "text") return;
    clearTimeout(timer);
    timer = setTimeout(() => change(event), TYPING);
  };
  form.onclick = ({ target }) => {
    if (target.id.endsWith("-clear")) change({ target: { name: target.value, value: "" } });
  };
  byId("download").onclick = download;
  byId("link").onclick = async () => said(await copy(location.href), "Copied the link.");
  connectExisting(open, leave);
  onhashchange = () => restore(catalog);
}

startViews();
const catalog = await call("catalog");
if (catalog) {
  const found = JSON.parse(catalog);
  makeTasks(found);
  connect(found);
  await restore(found);
  byId("form").hidden = byId("preview").hidden = false;
}
byId("loading").hidden = true;
