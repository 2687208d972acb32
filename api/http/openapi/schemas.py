"""JSON Schema and examples of the types of bodies and results."""

import re
from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from litestar import Response

from api.http.conditional import Versioned
from api.http.endpoint import Endpoint
from api.http.openapi.patterns import portable
from api.http.schemas import Page

REFERENCE: Final = "#/components/schemas/{name}"

_PAGE: Final = re.compile(r"Page_(\w+)_|Page\[(\w+)\]")


class Schemas:
    """JSON Schema of types; named types are components that others refer to."""

    def __init__(self, types: Iterable[Any]) -> None:
        types = list(types)
        schemas, components = msgspec.json.schema_components(types, ref_template=REFERENCE)
        # By `repr`, as annotated types aren't always hashable.
        self._schemas = {repr(kind): normalised(schema) for kind, schema in zip(types, schemas, strict=True)}
        self.components = {_page_name(name): normalised(schema) for name, schema in components.items()}
        self._enums: dict[str, Any] = {}
        for schema in [*self._schemas.values(), *self.components.values()]:
            self._name_enums(schema)
        self.components |= self._enums

    def content(self, kind: Any) -> dict[str, Any]:
        """Media type object of one of the types: its schema and an example."""
        return {"schema": self._schemas[repr(kind)], "example": example(kind)}

    def _name_enums(self, schema: Any) -> None:
        """Make components of the enums with a title, so that generators make one type of each."""
        for child in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
            self._name_enums(child)
            if isinstance(child, dict) and isinstance(child.get("enum"), list) and "title" in child:
                name = child.pop("title")
                self._enums[name] = {"title": name, "type": child.pop("type"), "enum": child.pop("enum")}
                child["$ref"] = REFERENCE.format(name=name)


def result_type(endpoint: Endpoint) -> Any:
    """Type of an endpoint's JSON result, or None."""
    returns = endpoint.parsed_fn_signature.return_type.raw
    if get_origin(returns) in {Response, Versioned}:
        [returns] = get_args(returns)
    if isinstance(returns, UnionType):
        [returns] = [kind for kind in get_args(returns) if kind is not NoneType]
    return None if returns is NoneType else returns


def example(kind: Any) -> Any:
    """Example of a type: its struct's, within a list or a page if the type is one.

    Raises:
        AttributeError: the struct has no example.

    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return example(arguments[0])
    if origin is list:
        return [example(arguments[0])]
    if origin is Page:
        return {"items": [example(arguments[0])], "nextCursor": None}
    return kind.example


def normalised(schema: Any) -> Any:
    """Schema as generators of clients and validators in other languages take it.

    Patterns are portable, descriptions of one line, names of pages readable; enums have a type beside them, and objects
    of any members say so. Defaults are told in the description: generators take a field with one for a field that's
    always there.
    """
    if isinstance(schema, list):
        return [normalised(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: normalised(value) for key, value in schema.items()}
    # A dict may be a schema or its properties, and a property may be called "title".
    for key, value in result.items():
        if isinstance(value, str) and key in {"$ref", "title"}:
            result[key] = _page_name(value)
        elif isinstance(value, str) and key == "pattern":
            result[key] = portable(value)
        elif isinstance(value, str) and key == "description":
            result[key] = " ".join(value.split())
    if isinstance(result.get("enum"), list):
        result["type"] = "string"
    elif result.get("type") == "object" and "properties" not in result:
        result.setdefault("additionalProperties", True)
    if "default" in result and (isinstance(result.get("type"), str) or "anyOf" in result):
        _tell_default(result, result.pop("default"))
    return result


def _tell_default(schema: dict[str, Any], default: Any) -> None:
    if default or default is False:
        told = f"`{default if isinstance(default, str) else msgspec.json.encode(default).decode()}` if it's absent."
        schema["description"] = " ".join(filter(None, (schema.get("description"), told)))


def _page_name(name: str) -> str:
    return _PAGE.sub(lambda found: f"{found[1] or found[2]}Page", name)
