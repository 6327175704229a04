"""The calls in the statements of a notebook, by what their names stand for.

After `from torch import nn` and `model = nn.Linear(1, 1)`, the call `nn.Linear(1, 1)`
is listed as "torch.nn.Linear(1, 1)", and `model.eval()` as "<torch.nn.Linear>.eval()".
"""

import ast
from collections import deque
from collections.abc import Iterable, Iterator

MAX_NAME = 200  # characters that are kept of what a name stands for
MAX_CHAIN = 40  # attributes and calls in a row
SAME_OBJECT = {"to", "cuda", "cpu", "train", "eval"}  # methods that return the module
CUDA = {"cuda", "cuda:0"}


def list_calls(
    body: Iterable[ast.stmt], names: dict[str, str], top: bool = True
) -> Iterator[str]:
    """Yield the calls in statements, and add what they define to `names`.

    The calls in an assignment that is in no function and no loop (`top`), are yielded
    a second time after "= ". Of a class, only the base class is yielded, of a function
    that plots, only the name: what is in them belongs to them.
    """
    for statement in body:
        for node in ast.walk(statement):
            define(node, names)
        if isinstance(statement, ast.ClassDef):
            yield f"class {names.get(statement.name, '')}"
            continue
        if isinstance(statement, ast.FunctionDef):
            yield f"def {statement.name}"
            if statement.name.startswith("plot"):
                continue
        if isinstance(statement, ast.For):
            yield f"for {resolve(statement.target, {})}"
        if top and isinstance(statement, ast.Assign):
            yield from describe_assignment(statement, names)
        nested = list(nested_statements(statement))
        for node in walk(statement, nested):
            if isinstance(node, ast.Call):
                yield describe_call(node, names)
            elif isinstance(node, ast.Constant) and node.value in CUDA:
                yield "constant cuda"
        stays_top = top and isinstance(statement, ast.If | ast.Try | ast.With)
        yield from list_calls(nested, names, stays_top)


def nested_statements(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements directly inside a compound statement."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from child.body


def walk(node: ast.AST, without: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield a node and those below it, outermost first, but not those in `without`.

    A constant that something is compared with is left out, too: it is not used.
    """
    skipped = set(map(id, without))
    todo = deque([node])
    while todo:
        node = todo.popleft()
        yield node
        if isinstance(node, ast.Compare):
            skipped |= {id(c) for c in node.comparators if isinstance(c, ast.Constant)}
        children = ast.iter_child_nodes(node)
        todo += [child for child in children if id(child) not in skipped]


def define(node: ast.AST, names: dict[str, str]) -> None:
    """Remember what an import, a class, a function or an assignment defines."""
    if isinstance(node, ast.Import):
        names |= {alias.asname: alias.name for alias in node.names if alias.asname}
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    elif isinstance(node, ast.ClassDef) and node.bases:
        names[node.name] = resolve(node.bases[0], names)
    elif isinstance(node, ast.FunctionDef) and isinstance(node.body[-1], ast.Return):
        made = resolve(node.body[-1].value or node, names).removeprefix("<")
        if made.startswith("torch.nn."):  # the function builds a model
            names[node.name] = made.removesuffix(">")
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        value = resolve(node.value, names)[:MAX_NAME]
        names[node.targets[0].id] = node.targets[0].id if value == "?" else value


def resolve(node: ast.AST, names: dict[str, str], depth: int = MAX_CHAIN) -> str:
    """Return what a name, an attribute or a call stands for; "?" for all else."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute) and depth:
        return f"{resolve(node.value, names, depth - 1)}.{node.attr}"
    if not isinstance(node, ast.Call) or not depth:
        return "?"
    if isinstance(node.func, ast.Attribute) and node.func.attr in SAME_OBJECT:
        return resolve(node.func.value, names, depth - 1)
    return f"<{resolve(node.func, names, depth - 1)}>"


def describe_assignment(node: ast.Assign, names: dict[str, str]) -> Iterator[str]:
    """Yield what is assigned: numbers, slices, several values, results of calls."""
    inside = list(ast.walk(node.value))
    targets = [n.id for n in ast.walk(node.targets[0]) if isinstance(n, ast.Name)]
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    numbers = [v.value for v in values if isinstance(v, ast.Constant)]
    if len(numbers) == len(values) and all(isinstance(n, int | float) for n in numbers):
        yield f"number {', '.join(targets)}"
    if len(values) == 1 < len(targets):
        yield f"unpack {', '.join(targets)}"
    if any(isinstance(n, ast.Slice) for n in inside):
        yield f"slice {', '.join(targets)}"
    for call in inside:
        if isinstance(call, ast.Call):
            yield f"= {describe_call(call, names)}"


def describe_call(node: ast.Call, names: dict[str, str]) -> str:
    """Return a call, as `torch.save(<torch.nn.Linear>, f='model.pt')`."""
    words = [describe_value(argument, names) for argument in node.args]
    words += [f"{k.arg}={describe_value(k.value, names)}" for k in node.keywords]
    return f"{resolve(node.func, names)}({', '.join(words)})"


def describe_value(node: ast.AST, names: dict[str, str]) -> str:
    """Return an argument of a call: a short constant, or what it stands for."""
    if isinstance(node, ast.Constant):
        return repr(node.value)[:MAX_NAME]
    return resolve(node, names)
