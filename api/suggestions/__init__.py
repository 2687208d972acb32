"""Suggestions for parents, out of a library of texts."""
