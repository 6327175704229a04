"""Which features go together: `requires`, `conflicts`, and the presets."""

from collections.abc import Callable, Iterable, Sequence

from scaffold.catalog.plugins import Plugin
from scaffold.errors import ArgumentError, PluginError

Find = Callable[[str], Plugin]


def resolve(task: Plugin, features: Iterable[Plugin], find: Find) -> tuple[Plugin, ...]:
    """Return the features and all that they and the task require, in canonical order.

    The order depends on names and requirements only, not on the order of adding.
    Raises ArgumentError if one of them cannot be combined with the task or another.
    """
    chosen: dict[str, Plugin] = {}
    pending = [*features, *map(find, task.manifest.requires)]
    while pending:
        plugin = pending.pop()
        if plugin.name not in chosen:
            chosen[plugin.name] = plugin
            pending += [find(name) for name in plugin.manifest.requires]
    for plugin in chosen.values():
        if reason := find_conflict(plugin, task, chosen.values()):
            raise ArgumentError(reason)
    return tuple(sorted(chosen.values(), key=lambda p: (depth(p, chosen), p.name)))


def depth(
    plugin: Plugin, chosen: dict[str, Plugin], chain: tuple[str, ...] = ()
) -> int:
    """Return how many features must come before this one, in the longest chain."""
    if plugin.name in chain:
        raise ArgumentError(f"features {' and '.join(chain)} require each other")
    chain = (*chain, plugin.name)
    needed = (chosen[name] for name in plugin.feature.requires)
    return max((depth(other, chosen, chain) + 1 for other in needed), default=0)


def find_conflict(plugin: Plugin, task: Plugin, others: Iterable[Plugin]) -> str:
    """Return why a feature cannot be combined with a task and others, or ""."""
    feature = plugin.feature
    families = task.task.family
    refused = {task.name} | ({families} if isinstance(families, str) else set())
    if feature.needs_validation and not task.task.validation:
        return (
            f"feature {plugin.name} needs a validation split, and task {task.name} "
            "has only training and test data"
        )
    for name in feature.conflicts:
        if name in refused:
            return f"feature {plugin.name} does not work with {name}"
    if reason := task.task.conflicts.get(plugin.name):
        return f"feature {plugin.name} does not work with task {task.name}: {reason}"
    for other in others:
        if other.name in feature.conflicts:
            return f"features {plugin.name} and {other.name} cannot be combined"
        both = set(feature.replaces) & set(other.feature.replaces)
        if other.name != plugin.name and both:
            return (
                f"features {plugin.name} and {other.name} both replace {min(both)}; "
                "choose one of them"
            )
    return ""


def check_family(features: Iterable[Plugin], family: object) -> None:
    """Raise ArgumentError if a feature does not work with the family of a project.

    Tasks of several families ask for one, so that it is known only with the answers.
    """
    for plugin in features:
        if family in plugin.feature.conflicts:
            raise ArgumentError(f"feature {plugin.name} does not work with {family}")


def full_preset(
    task: Plugin, available: Sequence[Plugin], find: Find, chosen: list[Plugin]
) -> list[Plugin]:
    """Return the chosen features, and by name all others that can be combined."""
    chosen = list(chosen)
    for plugin in sorted(available, key=lambda plugin: plugin.name):
        try:
            resolve(task, [*chosen, plugin], find)
        except (ArgumentError, PluginError):
            continue
        chosen.append(plugin)
    return chosen


def check_removable(kept: Iterable[Plugin], names: Iterable[str]) -> None:
    """Raise ArgumentError if a plugin that is kept requires one of the names."""
    for plugin in kept:
        if needed := sorted(set(names) & set(plugin.manifest.requires)):
            raise ArgumentError(
                f"{plugin.manifest.kind} {plugin.name} requires {needed[0]}, which "
                "cannot be removed alone"
            )
