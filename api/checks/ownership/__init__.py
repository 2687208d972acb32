"""Whether each statement on a family's rows is restricted to the family that calls."""
