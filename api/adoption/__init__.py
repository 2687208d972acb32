"""Takes over a database of the system before, whatever its rows are like."""
