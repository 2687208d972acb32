"""Backups of the service's database: taken, kept, restored, and carried to a new version of PostgreSQL."""
