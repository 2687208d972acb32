"""The files of sql/queries, read: named statements with their parameters and notes."""
