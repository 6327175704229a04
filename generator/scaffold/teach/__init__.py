"""Explain, review and list projects."""
