"""Responses that say what went wrong."""

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any, Final

import msgspec

from api.http.endpoint import BODY_LIMIT, Endpoint
from api.http.openapi.responses import header_references
from api.http.openapi.schemas import REFERENCE
from api.problems import types
from api.problems.field_messages import BETWEEN, JSON_CUT_OFF, MISSING
from api.problems.problem import Invalid, Problem, ProblemDocument, problem_body
from api.problems.text import Text, parameter_names
from api.problems.types import GENERAL, ProblemType

_HEADERS: Final = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}
_PARAMETERS: Final[dict[str, Any]] = {"limit": BODY_LIMIT, "retry_after": 30}
_INVALID: Final = {
    types.MALFORMED_BODY: [Invalid("", JSON_CUT_OFF)],
    types.INVALID_BODY: [Invalid("/name", MISSING), Invalid("/age", BETWEEN, {"min": 0, "max": 18})],
    types.INVALID_QUERY: [Invalid("limit", BETWEEN, {"min": 1, "max": 100})],
}


class ProblemResponses:
    """Response objects of problems: where the same types can be the answer, it's one component."""

    def __init__(self) -> None:
        self.components: dict[str, Any] = {}
        self._told = dict.fromkeys(GENERAL)

    def references(self, endpoint: Endpoint) -> dict[str, Any]:
        """References by status, for every problem that an endpoint may answer with."""
        found: dict[int, list[ProblemType]] = {}
        for type in dict.fromkeys(_types(endpoint)):
            found.setdefault(type.status, []).append(type)
            self._told[type] = None
        return {str(status): self._reference(status, found[status]) for status in sorted(found)}

    def examples(self, labels: Mapping[str, Text]) -> dict[str, Any]:
        """Example objects of all problems that were told of, and of those that any path may answer with, by code."""
        return {type.code: _example(type, labels) for type in sorted(self._told, key=attrgetter("code"))}

    def _reference(self, status: int, of: list[ProblemType]) -> dict[str, str]:
        name = ".".join(type.code for type in of)
        self.components.setdefault(name, _response(status, of))
        return {"$ref": f"#/components/responses/{name}"}


def _types(endpoint: Endpoint) -> Iterator[ProblemType]:
    yield types.INVALID_QUERY
    if "cursor" in endpoint.query_type.__struct_fields__:
        yield types.INVALID_CURSOR
    if endpoint.body_type is not None:
        yield from (types.MALFORMED_BODY, types.INVALID_BODY, types.BODY_TOO_LARGE, types.UNSUPPORTED_MEDIA_TYPE)
    if endpoint.wants_caller:
        yield types.NOT_AUTHENTICATED
    if endpoint.unsafe:
        yield types.FORBIDDEN_ORIGIN
    if endpoint.path_parameters:
        yield types.NOT_FOUND
    yield from endpoint.problems
    if endpoint.needs_database:
        yield from (types.TOO_BUSY, types.DATABASE_UNAVAILABLE)
        if endpoint.unsafe:
            yield types.OUTCOME_UNKNOWN


def _response(status: int, of: list[ProblemType]) -> dict[str, Any]:
    document = {"$ref": REFERENCE.format(name=ProblemDocument.__name__)}
    these = {"properties": {"status": {"const": status}, "code": {"enum": [type.code for type in of]}}}
    return {
        "description": " ".join(f"{type.title} (`{type.code}`)." for type in of),
        "headers": header_references(*_HEADERS.get(status, ())),
        "content": {
            "application/problem+json": {
                "schema": {"allOf": [document, these]},
                "examples": {type.code: {"$ref": f"#/components/examples/{type.code}"} for type in of},
            }
        },
    }


def _example(type: ProblemType, labels: Mapping[str, Text]) -> dict[str, Any]:
    parameters = {name: _PARAMETERS[name] for name in parameter_names(type)}
    problem = Problem(type, invalid=_INVALID.get(type, ()), **parameters)
    body: Any = msgspec.json.decode(problem_body(problem, "nl", request_id="4bf92f3577b34da6", labels=labels))
    return {"summary": type.title, "value": body}
