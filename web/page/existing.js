// Open an existing project, from its folder or from two dropped files.

import { byId, say } from "./dom.js";
import { ANSWERS, BUNDLE } from "./paths.js";

/**
 * Connect the part of the page for existing projects. `open` gets the contents of answers
 * file and bundle, `leave` nothing.
 */
export function connectExisting(open, leave) {
  const take = async (files, inFolder) => {
    const contents = [ANSWERS, BUNDLE].map((path) => find(files, path, inFolder));
    if (contents.includes(undefined)) {
      const where = inFolder ? "the folder" : "what was dropped";
      say(byId("opened"), `This is no scaffold project: ${where} lacks ${ANSWERS} or ${BUNDLE}.`);
      return;
    }
    open(...(await Promise.all(contents.map(async (file) => new Uint8Array(await file.arrayBuffer())))));
  };
  byId("folder").onchange = ({ target }) => take([...target.files], true);
  byId("leave").onclick = () => {
    byId("folder").value = "";
    leave();
  };
  document.ondragover = (event) => event.preventDefault();
  document.ondrop = (event) => {
    event.preventDefault();
    byId("existing").open = true;
    take([...event.dataTransfer.files], false);
  };
}

/** Return the file with a path in a project; a dropped file has only a name. */
function find(files, path, inFolder) {
  if (inFolder) return files.find((file) => file.webkitRelativePath.replace(/^[^/]*\//, "") === path);
  return files.find((file) => file.name === path.split("/").at(-1));
}

/** Show whether a project is open, and hide what has no meaning for one. */
export function showExisting(opened, versions) {
  for (const id of ["download", "link", "zip"]) byId(id).hidden = opened;
  byId("leave").hidden = !opened;
  document.querySelectorAll("[name=task], [name=project_name]").forEach((input) => (input.disabled = opened));
  const names = Object.entries(versions ?? {}).map(([name, version]) => `${name} ${version}`);
  byId("opened").textContent = opened ? `Open: a project of ${names.join(", ")}.` : "";
}
