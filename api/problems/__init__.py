"""What can go wrong, and how a client and a parent are told."""
