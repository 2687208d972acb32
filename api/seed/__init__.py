"""Fills the database with sample families, reproducibly and in one transaction."""
