"""The exceptions of torch-scaffold; each message is one line, with what to do.

ScaffoldError
├── ArgumentError     an invalid option, task, feature, key, value or name (exit 2)
├── PluginError       a plugin breaks the contract of docs/plugin-contract.md
├── DestinationError  the destination folder cannot be used
├── GitError          Git is missing, or failed
└── ProjectError      a project cannot be read, or not be updated in its state
"""


class ScaffoldError(Exception):
    """Something that the user can fix; `exit_code` is what the command ends with."""

    exit_code = 1


def one_line(error: BaseException) -> str:
    """Return the message of an error in one line; its type, if there is no message."""
    return " ".join(str(error).split()) or type(error).__name__


class ArgumentError(ScaffoldError):
    """An option, task, feature, key, value or name is invalid."""

    exit_code = 2


class PluginError(ScaffoldError):
    """A plugin cannot be used; the message names its file and the key in it."""


class DestinationError(ScaffoldError):
    """The destination exists, is not writable, or its disk is full."""


class GitError(ScaffoldError):
    """Git is not installed, or a Git command failed."""


class NoGitError(GitError):
    """Git is not installed."""


class ProjectError(ScaffoldError):
    """A project cannot be read, or not be updated in its state."""
