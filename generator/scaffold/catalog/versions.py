"""Versions, version ranges and requirements.

Common ones match a pattern: importing the parsers of `packaging` takes a quarter of the
time of `scaffold list`. All others are parsed.
"""

import operator
import re
from functools import cache

from scaffold.errors import PluginError

RANGE = r"(>=|<=|==|!=|<|>)\d{1,9}(\.\d{1,9})*"
RANGES = re.compile(f"{RANGE}(,{RANGE})*", re.ASCII)
REQUIREMENT = re.compile(
    rf"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?(\[[a-z]+\])?({RANGE}(,{RANGE})*)?", re.ASCII
)
VERSION = re.compile(r"\d{1,9}(\.\d{1,9})*", re.ASCII)
OPERATORS = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}


@cache
def check_version(version: str, versions: str) -> None:
    """Raise PluginError unless both can be parsed; many plugins share them."""
    if VERSION.fullmatch(version) and RANGES.fullmatch(versions):
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        Version(version)
        SpecifierSet(versions)
    except (InvalidVersion, InvalidSpecifier) as error:
        raise PluginError(f"version or scaffold: {error}") from error


@cache
def check_requirement(where: str, text: str) -> None:
    """Raise PluginError unless a text is a requirement, and not an address."""
    if REQUIREMENT.fullmatch(text):
        return
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        url = Requirement(text).url
    except InvalidRequirement as error:
        reason, *_ = str(error).splitlines()
        raise PluginError(f"{where}: {reason}") from error
    if url:
        raise PluginError(f"{where}: {text!r} is an address; name a package")


@cache
def in_range(version: str, versions: str) -> bool:
    """Return whether a version is in a range; plugins often have the same range."""
    if VERSION.fullmatch(version) and RANGES.fullmatch(versions):
        return all(is_met(version, part) for part in versions.split(","))
    from packaging.specifiers import SpecifierSet

    return version in SpecifierSet(versions, prereleases=True)


def is_met(version: str, part: str) -> bool:
    """Return whether a version meets one part of a range, such as `>=0.2`."""
    symbol = part.rstrip("0123456789.")
    sides = [text.split(".") for text in (version, part.removeprefix(symbol))]
    length = max(map(len, sides))  # 1.0 and 1 are equal
    left, right = ([*map(int, side)] + [0] * (length - len(side)) for side in sides)
    return bool(OPERATORS[symbol](left, right))
