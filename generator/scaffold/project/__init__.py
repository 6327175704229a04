"""Create and open projects, and compare them with what was generated."""
