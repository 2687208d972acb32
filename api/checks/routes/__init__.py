"""What routes declare of the problems of their statements, and what they make of their arguments."""
