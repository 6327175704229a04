"""The worker of the contract check: proves one project, in a process of its own."""
