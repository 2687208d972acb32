"""Operation objects: one method of a path."""

from typing import Any, Final

from api.http.endpoint import Endpoint
from api.http.openapi.parameters import parameters
from api.http.openapi.problems import ProblemResponses
from api.http.openapi.responses import success_responses
from api.http.openapi.schemas import Schemas

_SESSION: Final[list[dict[str, list[str]]]] = [{"bearer": []}, {"cookie": []}]


def operation(endpoint: Endpoint, method: str, schemas: Schemas, problems: ProblemResponses) -> dict[str, Any]:
    """Operation object of an endpoint; summary and description are its function's docstring."""
    summary, _, description = (endpoint.fn.__doc__ or "").strip().partition("\n")
    operation_object: dict[str, Any] = {
        "operationId": endpoint.fn.__name__,
        "summary": summary.strip(),
        "tags": endpoint.resolve_tags(),
        "parameters": list(parameters(endpoint)),
        "responses": success_responses(endpoint, schemas) | problems.references(endpoint),
    }
    if description.strip():
        operation_object["description"] = " ".join(description.split())
    if endpoint.wants_caller:
        operation_object["security"] = _SESSION
    elif endpoint.takes_session:
        operation_object["security"] = [*_SESSION, {}]
    if endpoint.body_type is not None:
        operation_object["requestBody"] = _request_body(endpoint, method, schemas)
    elif endpoint.takes_file is not None:
        operation_object["requestBody"] = _file_body(endpoint.takes_file, endpoint.body_limit)
    return operation_object


def _file_body(field: str, limit: int) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {field: {"type": "string", "format": "binary", "minLength": 1}},
        "required": [field],
        "additionalProperties": False,
    }
    return {
        "required": True,
        "description": f"A file of at most {limit // 1024} KiB.",
        "content": {"multipart/form-data": {"schema": schema, "example": {field: "(bytes)"}}},
    }


def _request_body(endpoint: Endpoint, method: str, schemas: Schemas) -> dict[str, Any]:
    # With two media types for one schema, generators send the body twice, or make two functions.
    other = " `application/merge-patch+json` is taken too." if method == "PATCH" else ""
    return {
        "required": True,
        "description": f"At most {endpoint.body_limit // 1024} KiB.{other}",
        "content": {"application/json": schemas.content(endpoint.body_type)},
    }
