"""Responses that say what went wrong."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from api.http.endpoint import BODY_LIMIT, Endpoint
from api.http.openapi.responses import header_references
from api.http.openapi.schemas import REFERENCE
from api.problems.messages import PROBLEMS
from api.problems.problem import Invalid, Problem, ProblemDocument, problem_body
from api.problems.wording import parameter_names

_HEADERS: Final = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}
_PARAMETERS: Final[dict[str, Any]] = {"limit": BODY_LIMIT, "retry_after": 30}
_INVALID: Final = {
    "malformed_body": [Invalid("", "json_cut_off")],
    "invalid_body": [Invalid("/name", "missing"), Invalid("/age", "between", {"min": 0, "max": 18})],
    "invalid_query": [Invalid("limit", "between", {"min": 1, "max": 100})],
}


class ProblemResponses:
    """Response objects of problems: where the same codes can be the answer, it's one component."""

    def __init__(self) -> None:
        self.components: dict[str, Any] = {}

    def references(self, endpoint: Endpoint) -> dict[str, Any]:
        """References by status, for every problem that an endpoint may answer with."""
        codes: dict[int, list[str]] = {}
        for code in dict.fromkeys(_codes(endpoint)):
            codes.setdefault(PROBLEMS[code].status, []).append(code)
        return {str(status): self._reference(status, codes[status]) for status in sorted(codes)}

    def _reference(self, status: int, codes: list[str]) -> dict[str, str]:
        name = ".".join(codes)
        self.components.setdefault(name, _response(status, codes))
        return {"$ref": f"#/components/responses/{name}"}


def _codes(endpoint: Endpoint) -> Iterator[str]:
    yield "invalid_query"
    if "cursor" in endpoint.query_type.__struct_fields__:
        yield "invalid_cursor"
    if endpoint.body_type is not None:
        yield from ("malformed_body", "invalid_body", "body_too_large", "unsupported_media_type")
    if endpoint.wants_caller:
        yield "not_authenticated"
    if endpoint.unsafe:
        yield "forbidden_origin"
    if endpoint.path_parameters:
        yield "not_found"
    yield from endpoint.problems
    if endpoint.needs_database:
        yield from ("too_busy", "database_unavailable")
        if endpoint.unsafe:
            yield "outcome_unknown"


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    document = {"$ref": REFERENCE.format(name=ProblemDocument.__name__)}
    these = {"properties": {"status": {"const": status}, "code": {"enum": codes}}}
    return {
        "description": " ".join(f"{PROBLEMS[code].title} (`{code}`)." for code in codes),
        "headers": header_references(*_HEADERS.get(status, ())),
        "content": {
            "application/problem+json": {
                "schema": {"allOf": [document, these]},
                "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
            }
        },
    }


def _example(code: str) -> dict[str, Any]:
    parameters = {name: _PARAMETERS[name] for name in parameter_names(PROBLEMS[code])}
    problem = Problem(code, invalid=_INVALID.get(code, ()), **parameters)
    body: Any = msgspec.json.decode(problem_body(problem, "nl", request_id="4bf92f3577b34da6"))
    return {"summary": PROBLEMS[code].title, "value": body}


PROBLEM_EXAMPLES: Final = {code: _example(code) for code in PROBLEMS}
