"""The exceptions for what the person at the keyboard can mend."""


class ProjectError(Exception):
    """One line: what is wrong, where, and what to do; shown without traceback."""

    exit_code = 1


class SettingError(ProjectError):
    """A setting, and so a flag, has a value that it may not have."""

    exit_code = 2
