"""How many rows a statement gives or changes, in which order, and which it locks before."""
