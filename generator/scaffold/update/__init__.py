"""Plan, apply and abort an update of a project."""
