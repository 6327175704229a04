"""The exceptions of torch-scaffold; each message is one line that a user can act on.

ScaffoldError
├── ArgumentError     what was typed is wrong: option, task, key, value, name (exit 2)
├── PluginError       a plugin breaks the contract of docs/plugin-contract.md
├── DestinationError  the place to write to cannot be used
├── GitError          Git is missing, or refused
└── ProjectError      a project on disk cannot be read, or not be updated as it is
"""


class ScaffoldError(Exception):
    """Something that the user can fix; `exit_code` is what the command ends with."""

    exit_code = 1


class ArgumentError(ScaffoldError):
    """What was typed is wrong: an option, a task, a key, a value or a name."""

    exit_code = 2


class PluginError(ScaffoldError):
    """A plugin cannot be used; the message names its file and the place in it."""


class DestinationError(ScaffoldError):
    """The place to write to is taken, not writable, or full."""


class GitError(ScaffoldError):
    """Git is not installed, or a Git command failed."""


class NoGitError(GitError):
    """Git is not installed."""


class ProjectError(ScaffoldError):
    """A project cannot be read, or not be updated as it is."""
