"""Drills: the service under faults of the network and of PostgreSQL, with clients that keep books."""
