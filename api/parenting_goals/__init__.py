"""The goals of a family."""
