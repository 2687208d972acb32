"""The service's log: one line an event to standard error, as JSON or as text."""
