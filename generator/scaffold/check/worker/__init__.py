"""The worker of the plugin check: checks one project, in a process of its own."""
