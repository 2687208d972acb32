"""The OpenAPI document as a whole."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from api.http.application import Application
from api.http.endpoint import Endpoint
from api.http.idempotency import PATTERN
from api.http.openapi.links import add_links
from api.http.openapi.operations import operation
from api.http.openapi.problems import ProblemResponses
from api.http.openapi.responses import TAG, headers
from api.http.openapi.schemas import Schemas, result_type
from api.problems.problem import ProblemDocument

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_INTRODUCTION: Final = Path(__file__).with_name("introduction.md").read_text("utf-8")
_TAGS: Final = rf"^(\*|{TAG}([ \t]*,[ \t]*{TAG})*)$"
_PARAMETERS: Final = {
    "Accept-Language": {
        "name": "Accept-Language",
        "in": "header",
        "description": "Languages of the one who reads, Dutch (`nl`) or English (`en`), as RFC 9110 has it.",
        "schema": {"type": "string"},
        "example": "en",
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "description": "ETag of the version that is to be changed; any other is refused (412).",
        "schema": {"type": "string", "pattern": _TAGS},
        "example": '"2026-03-01T19:24:30.654321Z"',
    },
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "ETag of what the client has: if it is still so, the answer is 304 without a body.",
        "schema": {"type": "string"},
        "example": '"2026-03-01T19:24:30.654321Z"',
    },
    "If-None-Match-Any": {
        "name": "If-None-Match",
        "in": "header",
        "description": "`*`: only if there is none yet; else it is refused (412).",
        "schema": {"type": "string", "enum": ["*"]},
    },
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A new one, such as a UUID, for each thing to do: a request that is sent again with it is done"
        " once, and gets the first answer for 24 hours.",
        "schema": {"type": "string", "pattern": PATTERN},
        "example": "0b0c7a3e-6f1d-4a58-9d0f-5b6f2a1c9e77",
    },
}


class Route(NamedTuple):
    """An endpoint, with its path as OpenAPI writes it."""

    path: str
    method: str
    endpoint: Endpoint


def openapi_document(app: Application) -> dict[str, Any]:
    """OpenAPI document of an application, as plain data."""
    routes = documented_routes(app)
    schemas = Schemas(
        [ProblemDocument]
        + [kind for route in routes for kind in (route.endpoint.body_type, result_type(route.endpoint)) if kind]
    )
    problems = ProblemResponses(schemas.components[ProblemDocument.__name__])
    paths: dict[str, Any] = {}
    tags: dict[str, str] = {}
    for path, method, endpoint in routes:
        paths.setdefault(path, {})[method.lower()] = operation(endpoint, method, schemas, problems)
        tags |= dict.fromkeys(endpoint.resolve_tags(), inspect.getdoc(inspect.getmodule(endpoint.fn)) or "")
    add_links(paths, {route.endpoint.fn.__name__: route.endpoint for route in routes})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Nestwerk",
            "version": "0.1.0",
            "description": _INTRODUCTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": description} for name, description in sorted(tags.items())],
        "paths": paths,
        "components": {
            "schemas": dict(sorted((schemas.components | problems.schemas).items())),
            "responses": problems.components,
            "examples": problems.examples(app.labels),
            "headers": headers(app.authentication.cookie),
            "parameters": _PARAMETERS,
            "securitySchemes": _security_schemes(app.authentication.cookie),
        },
    }


def documented_routes(app: Application) -> list[Route]:
    """Endpoints of an application by path and method, except those with `include_in_schema=False`."""
    return sorted(_routes(app), key=lambda route: (route.path, _METHODS.index(route.method)))


def _routes(app: Application) -> Iterator[Route]:
    for route in app.routes:
        # Litestar's path parameters have a type: {id:int}.
        path = "/".join(part.partition(":")[0] + "}" if ":" in part else part for part in route.path.split("/"))
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, Endpoint) and handler.resolve_include_in_schema():
                yield from (Route(path, method, handler) for method in handler.http_methods if method in _METHODS)


def _security_schemes(cookie: str) -> dict[str, Any]:
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": "Token of an API client's session."},
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie,
            "description": "Set when somebody registers or logs in; browsers send it by themselves. "
            "Over https its name begins with `__Host-`.",
        },
    }
