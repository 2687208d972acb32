"""Profile pictures: made anew of what parents send, kept in a folder or bucket, and served to whoever is logged in."""
