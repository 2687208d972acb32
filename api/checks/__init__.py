"""What proves SQL, code and their agreement before anything serves."""
