"""How statements run: read from their files, merged, tried again, and their errors translated."""
