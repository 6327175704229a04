"""Compose a template from a recipe and its layers, in memory."""
