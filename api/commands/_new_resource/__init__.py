"""Templates of the files that `just new-resource` writes."""
