"""Successful responses, and the headers of all responses."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, get_origin

from api.http.endpoint import Endpoint
from api.http.openapi.schemas import Schemas, result_type

TAG: Final = '(W/)?"[!#-~]*"'
_TAG: Final = {
    "schema": {"type": "string", "pattern": f"^{TAG}$"},
    "example": '"2026-03-01T19:24:30.654321Z"',
}
CURRENT_TAG: Final = {"description": "Entity tag of what is there now, if anything is.", **_TAG}
_HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "X-Request-Id": {
        "description": "Id of the request, as in the log of the service.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$"},
        "example": "4bf92f3577b34da6",
    },
    "ETag": {
        "description": "Entity tag: for `If-Match` of a change, and `If-None-Match` of the next read.",
        "required": True,
        **_TAG,
    },
    "Location": {
        "description": "Path of what was made.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/api/child-profiles/12",
    },
    "Set-Cookie": {
        "description": (
            "The session's cookie, and that of the device, by which the account knows it again; with `Secure` over"
            " https. An empty one that ends at once ends the session."
        ),
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds after which it is worth another try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
        "example": 2,
    },
    "Idempotent-Replayed": {
        "description": "Says that this is the first answer to a request with this `Idempotency-Key`, given again.",
        "schema": {"type": "string", "const": "true"},
    },
    "Data-Age": {
        "description": "Seconds for which nothing could be changed, as PostgreSQL's leader is away: so old is this.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 7,
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "required": True,
        "schema": {"type": "string", "const": "Bearer"},
    },
    "Accept": {
        "description": "The media type to send, if the body's was wrong.",
        "schema": {"type": "string", "enum": ["application/json", "multipart/form-data"]},
    },
    "Accept-Encoding": {
        "description": "The content coding to send, if the body had another: none.",
        "schema": {"type": "string", "const": "identity"},
    },
}


def headers(cookie: str) -> dict[str, Any]:
    """Header objects of all responses; `cookie` is the name of the session's cookie."""
    example = f"{cookie}=…; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax"
    return {**_HEADERS, "Set-Cookie": {**_HEADERS["Set-Cookie"], "example": example}}


def header_references(*names: str) -> dict[str, Any]:
    """References to the header objects of a response, `X-Request-Id` included."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *names)}


def success_responses(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    """Response objects of an endpoint's successes, by status."""
    statuses = [endpoint.status_code, *([endpoint.other_status] if endpoint.other_status else [])]
    responses = {str(int(status)): _response(endpoint, HTTPStatus(status), schemas) for status in statuses}
    if endpoint.gives_tag and not endpoint.unsafe:
        responses["304"] = {
            "description": "What `If-None-Match` names is still so.",
            "headers": header_references("ETag"),
        }
    return responses


def _response(endpoint: Endpoint, status: HTTPStatus, schemas: Schemas) -> dict[str, Any]:
    kind = result_type(endpoint)
    names = ["ETag"] if endpoint.gives_tag and status != HTTPStatus.NO_CONTENT else []
    if status == HTTPStatus.CREATED and get_origin(kind) is not list:
        names.append("Location")
    if endpoint.sets_cookie and status == (endpoint.other_status or endpoint.status_code):
        names.append("Set-Cookie")
    if endpoint.takes_key:
        names.append("Idempotent-Replayed")
    if endpoint.may_be_old:
        names.append("Data-Age")
    response: dict[str, Any] = {"description": status.phrase, "headers": header_references(*names)}
    if kind is not None and status != HTTPStatus.NO_CONTENT:
        response["content"] = {"application/json": schemas.content(kind)}
    return response
