"""The types of bodies and results as JSON Schema, and examples of them."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from litestar import Response

from api.http.endpoint import Endpoint
from api.http.openapi.patterns import portable
from api.http.schemas import Page

REFERENCE: Final = "#/components/schemas/{name}"

_PAGE: Final = re.compile(r"Page_(\w+)_|Page\[(\w+)\]")


class Schemas:
    """JSON Schema of types; those that have a name are components that others refer to."""

    def __init__(self, types: Iterable[Any]) -> None:
        types = list(types)
        schemas, components = msgspec.json.schema_components(types, ref_template=REFERENCE)
        # By what they look like: annotated types aren't always hashable.
        self._schemas = {repr(kind): tidied(schema) for kind, schema in zip(types, schemas, strict=True)}
        self.components = {_page_name(name): tidied(schema) for name, schema in components.items()}

    def content(self, kind: Any) -> dict[str, Any]:
        """Media type object of a type that was given at the start: its schema, and an example."""
        return {"schema": self._schemas[repr(kind)], "example": example(kind)}


def result_type(endpoint: Endpoint) -> Any:
    """Type of the JSON that an endpoint answers with, or None."""
    returns = endpoint.parsed_fn_signature.return_type.raw
    if get_origin(returns) is Response:
        [returns] = get_args(returns)
    return None if returns is type(None) else returns


def example(kind: Any) -> Any:
    """Example of a type: what its struct says, in a list or a page of one.

    Raises:
        AttributeError: the struct says none.

    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return example(arguments[0])
    if origin is list:
        return [example(arguments[0])]
    if origin is Page:
        return {"items": [example(arguments[0])], "nextCursor": None}
    return kind.example


def tidied(schema: Any) -> Any:
    if isinstance(schema, list):
        return [tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {key: tidied(value) for key, value in schema.items()}
    # Schemas and the properties of one have the same shape here, and a property may be called "title".
    for key, value in tidy.items():
        if isinstance(value, str) and key in {"$ref", "title"}:
            tidy[key] = _page_name(value)
        elif isinstance(value, str) and key == "pattern":
            tidy[key] = portable(value)
        elif isinstance(value, str) and key == "description":
            tidy[key] = " ".join(value.split())
    if isinstance(tidy.get("enum"), list):
        tidy["type"] = "string"
    return tidy


def _page_name(name: str) -> str:
    return _PAGE.sub(lambda found: f"{found[1] or found[2]}Page", name)
