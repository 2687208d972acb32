"""The OpenAPI 3.1 document, made from the endpoints: the types that validate a body also describe it."""
