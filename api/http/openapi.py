"""The OpenAPI 3.1 document of the service, made of its endpoints: the types that check a body also describe it."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final, get_args, get_origin

import msgspec
from litestar import Litestar, Response

from api.auth.caller import COOKIE
from api.http.endpoint import BODY_LIMIT, Endpoint
from api.http.messages import PROBLEMS
from api.http.problems import ProblemDocument
from api.http.schemas import LARGEST_ID
from api.http.wording import word

_REFERENCE: Final = "#/components/schemas/{name}"
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ID_SCHEMA: Final = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}


def openapi_document(app: Litestar) -> dict[str, Any]:
    """OpenAPI document, as plain data."""
    operations = list(_operations(app))
    types = [ProblemDocument]
    for _, _, endpoint in operations:
        types += [kind for kind in (endpoint.body_type, result_type(endpoint)) if kind is not None]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    schema_of = dict(zip(map(repr, types), schemas, strict=True))
    paths: dict[str, Any] = {}
    for path, method, endpoint in operations:
        paths.setdefault(path, {})[method.lower()] = _operation(endpoint, method, schema_of)
    _link(paths)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Nestwerk",
            "version": "0.1.0",
            "description": "Users, parent profiles with onboarding, child profiles and parenting goals.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "Token of POST /api/sessions."},
                "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "Set by POST /api/login."},
            },
        },
    }


def result_type(endpoint: Endpoint) -> Any:
    """Type of the JSON that an endpoint answers with, or None."""
    returns = endpoint.parsed_fn_signature.return_type.raw
    if get_origin(returns) is Response:
        [returns] = get_args(returns)
    return None if returns in {None, type(None)} else returns


def _operations(app: Litestar) -> Iterator[tuple[str, str, Endpoint]]:
    for route in sorted(app.routes, key=lambda route: route.path):
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, Endpoint) and handler.resolve_include_in_schema():
                path = "/".join(part.partition(":")[0] + "}" if ":" in part else part for part in route.path.split("/"))
                for method in _METHODS:
                    if method in handler.http_methods:
                        yield path, method, handler


def _operation(endpoint: Endpoint, method: str, schema_of: dict[str, Any]) -> dict[str, Any]:
    summary, _, description = (endpoint.fn.__doc__ or "").strip().partition("\n")
    operation: dict[str, Any] = {
        "operationId": endpoint.fn.__name__,
        "summary": summary.strip(),
        "tags": endpoint.resolve_tags(),
        "parameters": list(_parameters(endpoint)),
        "responses": _success(endpoint, schema_of) | _problems(endpoint),
    }
    if description.strip():
        operation["description"] = " ".join(description.split())
    if endpoint.wants_caller:
        operation["security"] = [{"bearer": []}, {"cookie": []}]
    if endpoint.body_type is not None:
        body: dict[str, Any] = {"schema": schema_of[repr(endpoint.body_type)]}
        if endpoint.example is not None:
            body["example"] = endpoint.example
        media_types = ["application/json"] + (["application/merge-patch+json"] if method == "PATCH" else [])
        operation["requestBody"] = {
            "required": True,
            "description": f"At most {endpoint.body_limit // 1024} KiB.",
            "content": dict.fromkeys(media_types, body),
        }
    return operation


def _parameters(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for name in endpoint.path_parameters:
        yield {"name": name, "in": "path", "required": True, "schema": _ID_SCHEMA}
    for field in msgspec.structs.fields(endpoint.query_type):
        schema = msgspec.json.schema(field.type)
        options = [option for option in schema.pop("anyOf", [schema]) if option != {"type": "null"}]
        [schema] = options
        if field.default not in {msgspec.NODEFAULT, None}:
            schema["default"] = field.default
        yield {
            "name": field.encode_name,
            "in": "query",
            "required": field.required,
            "schema": schema,
        }


def _success(endpoint: Endpoint, schema_of: dict[str, Any]) -> dict[str, Any]:
    kind = result_type(endpoint)
    content = {} if kind is None else {"content": {"application/json": {"schema": schema_of[repr(kind)]}}}
    statuses = [endpoint.status_code, *([HTTPStatus.CREATED] if endpoint.may_create else [])]
    return {str(int(status)): {"description": HTTPStatus(status).phrase} | content for status in statuses}


def _problems(endpoint: Endpoint) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for code in _codes(endpoint):
        status = str(PROBLEMS[code].status)
        answer = answers.setdefault(
            status,
            {
                "description": PROBLEMS[code].title,
                "content": {
                    "application/problem+json": {
                        "schema": {"$ref": _REFERENCE.format(name=ProblemDocument.__name__)},
                        "examples": {},
                    }
                },
            },
        )
        if status in {"429", "503"}:
            answer["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
        answer["content"]["application/problem+json"]["examples"][code] = {"value": _example(code)}
    return answers


def _codes(endpoint: Endpoint) -> Iterator[str]:
    yield "invalid_query"
    if endpoint.body_type is not None:
        yield from ("malformed_body", "invalid_body", "body_too_large", "unsupported_media_type")
    if endpoint.wants_caller:
        yield "not_authenticated"
    if endpoint.unsafe:
        yield "forbidden_origin"
    if endpoint.path_parameters:
        yield "not_found"
    yield from endpoint.problems
    yield from ("too_busy", "database_unavailable")


def _example(code: str) -> dict[str, Any]:
    problem = PROBLEMS[code]
    return {
        "type": f"urn:nestwerk:problem:{code}",
        "title": problem.title,
        "status": problem.status,
        "code": code,
        "message": word(problem, "nl", {"limit": BODY_LIMIT, "retry_after": 30}),
        "instance": "urn:nestwerk:request:4bf92f3577b34da6",
    }


def _link(paths: dict[str, Any]) -> None:
    """Say of each operation that makes something by which operations it's found again."""
    for path, item in paths.items():
        made = item.get("post", {}).get("responses", {}).get("201")
        below = paths.get(f"{path}/{{id}}")
        if made is None or below is None:
            continue
        made["headers"] = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}
        made["links"] = {
            operation["operationId"]: {
                "operationId": operation["operationId"],
                "parameters": {"id": "$response.body#/id"},
            }
            for operation in below.values()
        }
