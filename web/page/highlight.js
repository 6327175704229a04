// Colours for code: a few kinds of tokens, enough to read a file.

const STRING = String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`;
const NUMBER = String.raw`\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b`;
const PYTHON =
  "and|as|assert|async|await|break|class|continue|def|del|elif|else|except|False|finally|for|" +
  "from|global|if|import|in|is|lambda|None|nonlocal|not|or|pass|raise|return|True|try|while|with|yield";

/** The pattern of a language: named groups are the kinds of tokens. */
const pattern = (source, flags = "") => new RegExp(source, `g${flags}`);
const python = pattern(
  `(?<comment>#.*)|(?<string>\\b[fr]?(?:${STRING})|${STRING})|(?<keyword>\\b(?:${PYTHON})\\b)|` +
    `(?<name>(?<=\\b(?:def|class) )\\w+)|(?<keyword2>@[\\w.]+)|(?<number>${NUMBER})`,
);
const config = pattern(
  `(?<comment>(?<![^\\s])#.*)|(?<name>^ *(?:\\[.*\\]|[\\w."-]+(?= *[=:])))|(?<string>${STRING})|` +
    `(?<keyword>\\b(?:true|false|null)\\b)|(?<number>${NUMBER})`,
  "m",
);
const markdown = pattern("(?<name>^#{1,6} .*)|(?<string>```[\\s\\S]*?```|`[^`\\n]+`)|(?<keyword>\\*\\*[^*\\n]+\\*\\*)", "m");
const LANGUAGES = { py: python, toml: config, yml: config, yaml: config, json: config, md: markdown };

/** Return the parts of a file, with a kind ("" for plain text) for each. */
export function tokens(path, text) {
  const language = LANGUAGES[path.split(".").at(-1)];
  if (!language) return [["", text]];
  const found = [];
  let end = 0;
  for (const match of text.matchAll(language)) {
    const kind = Object.entries(match.groups).find(([, value]) => value !== undefined)[0];
    found.push(["", text.slice(end, match.index)], [kind.replace("2", ""), match[0]]);
    end = match.index + match[0].length;
  }
  found.push(["", text.slice(end)]);
  return found.filter(([, part]) => part);
}
