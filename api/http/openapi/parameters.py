"""Parameters of paths and queries."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from api.http.endpoint import Endpoint
from api.http.openapi.schemas import normalised
from api.http.schemas import Id, PathText

_IF_MATCH: Final = {"$ref": "#/components/parameters/If-Match"}
_IF_NONE_MATCH: Final = {"$ref": "#/components/parameters/If-None-Match"}
_UNLESS_THERE: Final = {"$ref": "#/components/parameters/If-None-Match-Any"}
_KEY: Final = {"$ref": "#/components/parameters/Idempotency-Key"}
_LANGUAGE: Final = {"$ref": "#/components/parameters/Accept-Language"}


def parameters(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    """Parameter objects of an operation."""
    for name in endpoint.path_parameters:
        schema = msgspec.json.schema(PathText if name in endpoint.path_texts else Id)
        yield {"name": name, "in": "path", "required": True, "description": schema.pop("description"), "schema": schema}
    for field in msgspec.structs.fields(endpoint.query_type):
        yield _query_parameter(field)
    if endpoint.wants_condition:
        yield _IF_MATCH
    if endpoint.gives_tag and not endpoint.unsafe:
        yield _IF_NONE_MATCH
    elif endpoint.wants_condition and endpoint.is_put:
        yield _UNLESS_THERE
    yield _LANGUAGE
    if endpoint.takes_key:
        yield _KEY


def _query_parameter(field: msgspec.structs.FieldInfo) -> dict[str, Any]:
    schema = normalised(msgspec.json.schema(field.type))
    # None is the default of an absent parameter; clients can't send null.
    [schema] = (option for option in schema.pop("anyOf", [schema]) if option != {"type": "null"})
    parameter = {"name": field.encode_name, "in": "query", "required": field.required, "schema": schema}
    if description := schema.pop("description", None):
        parameter["description"] = description
    if field.default not in {msgspec.NODEFAULT, None}:
        schema["default"] = field.default
    if schema["type"] == "boolean":
        parameter["allowEmptyValue"] = True
    if schema["type"] == "array":
        parameter |= {"style": "form", "explode": True, "allowEmptyValue": True}
    return parameter
