"""Whether a release's statements still work on a newer schema."""
