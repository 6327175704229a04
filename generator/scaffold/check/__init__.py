"""Check that a plugin keeps the contract, and start new plugins."""
