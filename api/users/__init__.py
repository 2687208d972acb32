"""The caller's account, and the document of everything below it."""
