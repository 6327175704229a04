"""Find plugins, and read and validate their `plugin.toml`; nothing is imported."""
