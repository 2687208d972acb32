"""PostgreSQL itself: the embedded server, its programs, databases and roles."""
