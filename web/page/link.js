// The choices in the fragment of the address: #task=circle&with=serve&set.author=Ada

const SET = "set.";

/** Return the fragment for choices; the path of an uploaded file is nothing to share. */
export function toFragment({ task, features, answers }, isFile) {
  const found = new URLSearchParams({ task });
  for (const name of features) found.append("with", name);
  for (const [name, text] of Object.entries(answers)) {
    if (!isFile(name)) found.append(SET + name, text);
  }
  return `#${found}`;
}

/** Return the choices in a fragment, or null if it has none. */
export function fromFragment(fragment) {
  const found = new URLSearchParams(fragment.replace(/^#/, ""));
  if (!found.get("task")) return null;
  const answers = {};
  for (const [key, text] of found) {
    if (key.startsWith(SET)) answers[key.slice(SET.length)] = text;
  }
  return { task: found.get("task"), features: found.getAll("with"), answers };
}
