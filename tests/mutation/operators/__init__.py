"""Operators of mutation: each gives edits of a piece of SQL."""
