"""The OpenAPI 3.1 document of the service, made of its endpoints: the types that check a body also describe it."""
