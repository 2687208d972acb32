"""The children of a family."""
