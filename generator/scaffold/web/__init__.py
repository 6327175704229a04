"""The page that shows a project before it is written, and its server."""
