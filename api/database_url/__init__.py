"""The URL of a database: what it may say, and what that means."""
