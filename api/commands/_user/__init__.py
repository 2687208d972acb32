"""What `just user` does to accounts."""
