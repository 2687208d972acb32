"""How HTTP is spoken, whatever the feature: from a request to a handler's arguments, and from its result to bytes."""
