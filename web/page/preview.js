// The preview: a tree of files, one file with colours, and what the last choice changed.

import { attribute, byId, make } from "./dom.js";
import { tokens } from "./highlight.js";

const VIEWS = ["files", "changes"];
let open = ""; // the path of the file that is shown

/** Show one of the two views; the tabs are operated as the ARIA practices say. */
export function showView(name) {
  for (const view of VIEWS) {
    const tab = byId(`tab-${view}`);
    attribute(tab, "aria-selected", view === name ? "true" : "false");
    tab.tabIndex = view === name ? 0 : -1;
    byId(view).hidden = view !== name;
  }
}

/** Make the tabs work, with the mouse and the arrow keys. */
export function startViews() {
  for (const view of VIEWS) {
    byId(`tab-${view}`).onclick = () => showView(view);
    byId(`tab-${view}`).onkeydown = ({ key }) => {
      if (!key.startsWith("Arrow")) return;
      const other = VIEWS.find((name) => name !== view);
      showView(other);
      byId(`tab-${other}`).focus();
    };
  }
  showView("files");
}

/** Count the lines and the words of a text. */
function count(text) {
  return { lines: text.split("\n").length - 1, words: text.split(/\s+/).filter(Boolean).length };
}

/** Write a number with its noun. */
function number(n, noun) {
  return `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
}

/** Show the files, the file that is open, and the changes of the last choice. */
export function showProject({ files, diff, name }, title) {
  const texts = files.map(({ text }) => count(text ?? ""));
  const total = (key) => texts.reduce((sum, counts) => sum + counts[key], 0);
  const parts = [number(files.length, "file"), number(total("lines"), "line"), number(total("words"), "word")];
  byId("summary").textContent = `${name}: ${parts.join(", ")}. ${title}: ${number(diff.length, "file")}.`;
  byId("tab-changes").textContent = `${title} (${diff.length})`;
  const states = new Map(diff.map(({ path, state }) => [path, state]));
  showTree(files, states);
  showFile(files.find(({ path }) => path === open) ?? files[0]);
  showChanges(diff);
}

/** Show the tree of files, each with its purpose. */
function showTree(files, states) {
  const root = make("ul");
  const folders = new Map([["", root]]);
  for (const file of files) {
    const parts = file.path.split("/");
    let list = root;
    parts.slice(0, -1).forEach((part, depth) => {
      const path = parts.slice(0, depth + 1).join("/");
      if (!folders.has(path)) {
        folders.set(path, make("ul"));
        list.append(make("li", {}, make("span", { className: "folder" }, `${part}/`), folders.get(path)));
      }
      list = folders.get(path);
    });
    list.append(make("li", {}, fileButton(file, parts.at(-1), states.get(file.path))));
  }
  const focused = document.activeElement.dataset?.path;
  byId("tree").replaceChildren(root);
  if (focused) findButton(focused)?.focus();
}

/** Make the button that opens a file. */
function fileButton(file, name, state) {
  const label = make("span", { className: "name" }, name);
  const purpose = make("span", { className: "purpose" }, file.purpose);
  const button = make("button", { type: "button", className: state ?? "" }, label, " ", purpose);
  if (state) label.append(make("span", { className: "state" }, ` ${state}`));
  button.dataset.path = file.path;
  button.onclick = () => showFile(file);
  return button;
}

/** Return the button of a file in the tree. */
function findButton(path) {
  return [...byId("tree").querySelectorAll("button")].find((button) => button.dataset.path === path);
}

/** Show a file, in colours. */
function showFile({ path, purpose, text }) {
  open = path;
  for (const button of byId("tree").querySelectorAll("button")) {
    attribute(button, "aria-current", button.dataset.path === path && "true");
  }
  const { lines, words } = count(text ?? "");
  const about = text === null ? "not a text file" : `${number(lines, "line")}, ${number(words, "word")}`;
  const code = make("code");
  for (const [kind, part] of tokens(path, text ?? "")) {
    code.append(kind ? make("span", { className: kind }, part) : part);
  }
  byId("file").replaceChildren(
    make("h2", {}, path),
    make("p", {}, `${purpose} (${about})`),
    make("pre", { tabIndex: 0, "aria-label": path, role: "region" }, code),
  );
}

/** Show the lines that differ, file by file. */
function showChanges(diff) {
  const kinds = { "+": "added", "-": "removed", "@": "place" };
  const sections = diff.map(({ path, state, lines }) => {
    const code = make("code");
    for (const line of lines) code.append(make("span", { className: kinds[line[0]] ?? "" }, `${line}\n`));
    const heading = make("h2", {}, path, " ", make("span", { className: "state" }, state));
    const pre = make("pre", { tabIndex: 0, "aria-label": `changes in ${path}`, role: "region" }, code);
    return make("section", {}, heading, pre);
  });
  const none = make("p", {}, "Nothing has changed yet: choose something, and its lines appear here.");
  byId("changes").replaceChildren(...(sections.length ? sections : [none]));
}
