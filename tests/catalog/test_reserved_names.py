"""Names that a field of Config cannot have: they would break the command line."""

import ast

import pytest
from pydantic import BaseModel

from scaffold.catalog.discovery import BASE, DATA
from scaffold.catalog.manifest import Field
from scaffold.catalog.manifest_checks import check_field, why_reserved
from scaffold.errors import PluginError


@pytest.mark.parametrize("name", [n for n in dir(BaseModel) if n.islower()])
def test_a_field_cannot_hide_an_attribute_of_pydantic(name: str) -> None:
    with pytest.raises(
        PluginError, match=f"{name}: (this name is reserved|a field is)"
    ):
        check_field(name, Field(default=1, help="h"), {})


def test_a_field_cannot_have_the_name_of_a_flag_beside_config() -> None:
    found = set()
    for path in [*BASE.rglob("*.py"), *(DATA / "plugins").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and "OmitArgPrefixes[Config]" in (
                ast.unparse(node.args)
            ):
                found |= {argument.arg for argument in node.args.args}
    assert {"config", "resume", "trials"} <= found
    for name in found:
        assert why_reserved(name), name
