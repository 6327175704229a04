"""Validate answers and names, and render a composed template to files, in memory."""
