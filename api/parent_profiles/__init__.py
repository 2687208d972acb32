"""The profile of a parent, which a family's rows belong to."""
