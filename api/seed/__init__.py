"""Made-up families that are plausible, the same each time, and there all together or not at all."""
