"""The service, and the commands that operate and check it; ARCHITECTURE.md is the map."""
