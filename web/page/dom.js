// Elements whose texts are always text, never markup.

/** The element with an ID, which is in index.html. */
export const byId = (id) => document.getElementById(id);

/**
 * Make an element with properties and children. A property with a hyphen, or `role`, is
 * an attribute; strings become text nodes.
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Show a text in an element, or hide the element if there is none. */
export function say(element, text) {
  element.textContent = text;
  element.hidden = !text;
}

/** Copy a text to the clipboard; return whether the browser allows it. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Set or remove an attribute. */
export function attribute(element, name, value) {
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}
