"""Reads on standbys, which show whatever was confirmed before they began."""
