// The form, made from the catalog and from what the last preview says.

import { attribute, byId, make } from "./dom.js";

/**
 * A choice of a group: a radio button or a checkbox, its title, and a line about it. The
 * note, which can change, says why it is chosen or impossible.
 */
function option(type, group, value, title, about) {
  const id = `${group}-${value}`;
  const input = make("input", { type, name: group, value, id, "aria-describedby": `${id}-about` });
  const note = make("small", { className: "note", hidden: true });
  const label = make("label", { htmlFor: id }, title, " ", make("code", {}, value));
  const text = make("div", { id: `${id}-about`, className: "about" }, about, note);
  return make("div", { className: "option" }, input, make("div", {}, label, text));
}

/** Fill the parts of the form that stay the same. */
export function makeTasks(catalog) {
  for (const { name, title, summary } of catalog.tasks) {
    byId("tasks").append(option("radio", "task", name, title, summary));
  }
  for (const { name, source, reason } of catalog.invalid) {
    byId("tasks").append(make("p", { className: "problem" }, `invalid plugin ${name} (${source}): ${reason}`));
  }
}

/** Show which features are chosen, and why others cannot be. */
export function showFeatures(features) {
  for (const { name, title, summary, chosen, required_by: users, problem } of features) {
    if (!byId(`feature-${name}`)) byId("features").append(option("checkbox", "feature", name, title, summary));
    const input = byId(`feature-${name}`);
    input.checked = chosen;
    input.disabled = Boolean(problem) || (chosen && users.length > 0);
    const note = byId(`feature-${name}-about`).querySelector(".note");
    note.textContent = problem || (users.length ? `required by ${users.join(", ")}` : "");
    note.hidden = !note.textContent;
  }
}

/** Make the field of a question. */
function makeField({ name, help, type, choices }) {
  const id = `answer-${name}`;
  const describedby = { "aria-describedby": `${id}-error` };
  const error = make("p", { id: `${id}-error`, className: "error" });
  if (choices.length) {
    const options = choices.map(([label, value]) => make("option", { value }, label));
    const select = make("select", { id, name, ...describedby }, ...options);
    return make("div", { className: "field" }, make("label", { htmlFor: id }, help), select, error);
  }
  if (type === "bool") {
    const input = make("input", { id, name, type: "checkbox", ...describedby });
    return make("div", { className: "field" }, input, make("label", { htmlFor: id }, help), error);
  }
  const properties = { id, name, type: type === "file" ? "file" : "text", ...describedby };
  if (type === "int" || type === "float") properties.inputMode = "decimal";
  const input = make("input", { ...properties, autocomplete: "off", spellcheck: false });
  const children = [make("label", { htmlFor: id }, help), input];
  if (type === "file") {
    children.push(make("output", { id: `${id}-chosen` }));
    children.push(make("button", { type: "button", id: `${id}-clear`, value: name, hidden: true }, "No file"));
  }
  return make("div", { className: "field" }, ...children, error);
}

let shape = "";

/** Show the questions with their values; typed answers that are invalid stay as they are. */
export function showQuestions(questions, answers, errors) {
  const rows = [...questions];
  const next = JSON.stringify(rows.map(({ name, help, type, choices }) => [name, help, type, choices]));
  if (next !== shape) {
    const focused = document.activeElement.id;
    byId("questions").replaceChildren(byId("questions").firstElementChild, ...rows.map(makeField));
    if (focused.startsWith("answer-")) byId(focused)?.focus();
    shape = next;
  }
  for (const { name, type, value } of rows) {
    const input = byId(`answer-${name}`);
    const text = name in errors ? answers[name] : value;
    if (type === "file") showFile(input, value);
    else if (type === "bool" && input.type === "checkbox") input.checked = value === "True";
    else if (input.value !== text && input !== document.activeElement) input.value = text;
    attribute(input, "aria-invalid", name in errors && "true");
    byId(`answer-${name}-error`).textContent = errors[name] ?? "";
  }
}

/** Show which file is chosen; a file input cannot be set. */
function showFile(input, value) {
  byId(`${input.id}-chosen`).textContent = value;
  byId(`${input.id}-clear`).hidden = !value;
  if (!value) input.value = "";
}
