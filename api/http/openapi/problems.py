"""Problem responses."""

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any, Final

import msgspec

from api.http.conditional import NOT_TAGS
from api.http.declaration import BODY_LIMIT
from api.http.endpoint import Endpoint
from api.http.idempotency import LONGEST
from api.http.openapi.responses import CURRENT_TAG, header_references
from api.http.openapi.schemas import REFERENCE
from api.problems import types
from api.problems.field_messages import BETWEEN, JSON_CUT_OFF, MISSING
from api.problems.problem import Problem, Violation, problem_body
from api.problems.text import Text, parameter_names
from api.problems.types import GENERAL, ProblemType

_HEADERS: Final = {
    401: ["WWW-Authenticate"],
    415: ["Accept", "Accept-Encoding"],
    429: ["Retry-After"],
    503: ["Retry-After"],
}
_PARAMETERS: Final[dict[str, Any]] = {"limit": BODY_LIMIT, "retry_after": 30, "longest": LONGEST}
_VIOLATIONS: Final = {
    types.INVALID_PRECONDITION: [Violation("If-Match", NOT_TAGS)],
    types.MALFORMED_BODY: [Violation("", JSON_CUT_OFF)],
    types.INVALID_BODY: [Violation("/name", MISSING), Violation("/age", BETWEEN, {"min": 0, "max": 18})],
    types.INVALID_QUERY: [Violation("limit", BETWEEN, {"min": 1, "max": 100})],
}


class ProblemResponses:
    """Response objects of problems, and a schema of each problem type; responses with the same types share an object.

    A schema stands for itself, without `allOf`, and its `code` is a constant: so generators make types of all, and tell
    by `code` which one an answer is.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Take the schema of any problem."""
        self.components: dict[str, Any] = {}
        self.schemas: dict[str, Any] = {}
        self._document = document
        self._documented = dict.fromkeys(GENERAL)

    def references(self, endpoint: Endpoint) -> dict[str, Any]:
        """References by status to the responses with an endpoint's problems."""
        found: dict[int, list[ProblemType]] = {}
        for type in dict.fromkeys(_types(endpoint)):
            found.setdefault(type.status, []).append(type)
            self._documented[type] = None
        return {str(status): self._reference(status, found[status]) for status in sorted(found)}

    def examples(self, labels: Mapping[str, Text]) -> dict[str, Any]:
        """Example objects by code: of all problems that `references` met, and of the general ones."""
        return {type.code: _example(type, labels) for type in sorted(self._documented, key=attrgetter("code"))}

    def _reference(self, status: int, problem_types: list[ProblemType]) -> dict[str, str]:
        name = ".".join(type.code for type in problem_types)
        if name not in self.components:
            self.schemas |= {_schema_name(type): self._schema(type) for type in problem_types}
            self.components[name] = _response(status, problem_types)
        return {"$ref": f"#/components/responses/{name}"}

    def _schema(self, type: ProblemType) -> dict[str, Any]:
        required = [*self._document["required"], *(["errors"] if type in _VIOLATIONS else [])]
        constants = {
            "status": {"type": "integer", "const": type.status},
            "code": {"type": "string", "const": type.code},
        }
        return {
            "title": _schema_name(type),
            "description": f"{type.title}.",
            "type": "object",
            "properties": {**self._document["properties"], **constants},
            "required": required,
        }


def _types(endpoint: Endpoint) -> Iterator[ProblemType]:  # noqa: C901
    yield types.INVALID_QUERY
    yield types.INTERNAL_ERROR
    if "cursor" in endpoint.query_type.__struct_fields__:
        yield types.INVALID_CURSOR
    if endpoint.body_type is not None:
        yield from (types.MALFORMED_BODY, types.INVALID_BODY, types.BODY_TOO_LARGE, types.UNSUPPORTED_MEDIA_TYPE)
    if endpoint.takes_file is not None:
        yield from (types.MALFORMED_BODY, types.INVALID_BODY, types.BODY_TOO_LARGE)
        yield from (types.MULTIPART_REQUIRED, types.UNSUPPORTED_MEDIA_TYPE)
    if endpoint.wants_caller:
        yield from (types.NOT_AUTHENTICATED, types.TOO_MANY_REQUESTS)
    if endpoint.unsafe:
        yield types.FORBIDDEN_ORIGIN
    if endpoint.wants_condition:
        yield from (types.INVALID_PRECONDITION, types.PRECONDITION_FAILED)
    if endpoint.takes_key:
        yield from (types.INVALID_IDEMPOTENCY_KEY, types.REQUEST_IN_PROGRESS, types.IDEMPOTENCY_KEY_REUSED)
        yield types.TOO_MANY_IDEMPOTENCY_KEYS
    if endpoint.path_ids:
        yield types.NOT_FOUND
    yield from endpoint.problems
    if endpoint.needs_database:
        yield from (types.TOO_BUSY, types.DATABASE_UNAVAILABLE, types.SCHEMA_MISMATCH)
        if endpoint.unsafe:
            yield types.OUTCOME_UNKNOWN


def _response(status: int, problem_types: list[ProblemType]) -> dict[str, Any]:
    references = {type.code: REFERENCE.format(name=_schema_name(type)) for type in problem_types}
    options = [{"$ref": reference} for reference in references.values()]
    discriminator = {"propertyName": "code", "mapping": references}
    headers = header_references(*_HEADERS.get(status, ())) | ({"ETag": CURRENT_TAG} if status == 412 else {})
    return {
        "description": " ".join(f"{type.title} (`{type.code}`)." for type in problem_types),
        "headers": headers,
        "content": {
            "application/problem+json": {
                "schema": options[0] if len(options) == 1 else {"oneOf": options, "discriminator": discriminator},
                "examples": {type.code: {"$ref": f"#/components/examples/{type.code}"} for type in problem_types},
            }
        },
    }


def _schema_name(type: ProblemType) -> str:
    return f"{type.code.title().replace('_', '')}Problem"


def _example(type: ProblemType, labels: Mapping[str, Text]) -> dict[str, Any]:
    parameters = {name: _PARAMETERS[name] for name in parameter_names(type)}
    problem = Problem(type, violations=_VIOLATIONS.get(type, ()), **parameters)
    body: Any = msgspec.json.decode(problem_body(problem, "nl", request_id="4bf92f3577b34da6", labels=labels))
    return {"summary": type.title, "value": body}
