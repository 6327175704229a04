"""Notebooks: `NAME.ipynb.py`, Python in the percent format, becomes `NAME.ipynb`.

`# %%` begins a code cell, and `# %% [markdown]` a Markdown cell of comments. A lesson
comment (`# why:`) at the top level becomes a Markdown cell. The template remains text
with Jinja, because what the cells are depends on the answers.
"""

from scaffold.compose.comments import WHY, find_blocks, split_lines

# The rendered text is split into cells, and written as nbformat writes a notebook.
BEFORE = "# {% set source %}\n"
AFTER = r"""# {% endset %}
# {% set notebook = namespace(cells=[]) %}
# {% for cell in source.split("\n# %%")[1:] %}
# {% set kind, text = cell.split("\n", 1) %}
# {% if "[markdown]" in kind %}
# {% set text = text | regex_replace("(?m)^# ?", "") %}
# {% set keys = {"cell_type": "markdown"} %}
# {% else %}
# {% set keys = {"cell_type": "code", "execution_count": none, "outputs": []} %}
# {% endif %}
# {% set lines = text.strip().splitlines(true) %}
# {% if lines %}
# {% set notebook.cells = notebook.cells + [dict(keys, metadata={}, source=lines)] %}
# {% endif %}
# {% endfor %}
# {% set kernel = dict(display_name="Python 3", language="python", name="python3") %}
# {% set metadata = dict(kernelspec=kernel, language_info={"name": "python"}) %}
# {% set keys = dict(cells=notebook.cells, metadata=metadata) %}
# {% set keys = dict(keys, nbformat=4, nbformat_minor=4) %}
{{ keys | to_json(ensure_ascii=False, indent=1, sort_keys=true) }}
"""


def to_notebook(text: str) -> str:
    """Return the template of a notebook with the cells of a Python file."""
    return BEFORE + split_lessons(text) + AFTER


def split_lessons(text: str) -> str:
    """Return a Python file in which top-level lesson comments are Markdown cells."""
    lines = split_lines(text)
    for block in reversed(find_blocks(text)):
        first, *more = block.lines
        if first.startswith(WHY):
            first = first.removeprefix(WHY).strip()
            cell = f"\n# %% [markdown]\n# {first[:1].upper()}{first[1:]}\n"
            end = block.start + len(block.lines)
            lines[block.start : end] = [cell, *more, "\n", "# %%\n"]
    return "".join(lines)
