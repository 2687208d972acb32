"""Errors as RFC 9457 problem documents."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api.problems.labels import label
from api.problems.text import Language, Text, check_parameters, parameter_names
from api.problems.types import CONSENT_REQUIRED, INVALID_BODY, INVALID_QUERY, ProblemType

ERROR_LIMIT: Final = 100

# The web client shows only `message`, so the messages of the first errors are part of it.
_SUMMARISED: Final = frozenset({CONSENT_REQUIRED, INVALID_BODY, INVALID_QUERY})
_SUMMARY_LENGTH: Final = 3


class Violation(msgspec.Struct, frozen=True):
    """A rule that a client's input breaks.

    `pointer` is a JSON pointer into the body ("" is the body itself, "/childProfiles/3/age"), or the name of a query
    parameter or a header. `message` follows the field's name in a sentence; `parameters` fill it in.

    Raises:
        TypeError: `parameters` aren't those of the message.

    """

    pointer: str
    message: Text
    parameters: Mapping[str, object] = {}

    def __post_init__(self) -> None:
        check_parameters(self.message, self.parameters, self.message.en)


class Problem(Exception):  # noqa: N818  RFC 9457 calls it so
    """An error that is sent to the client; may be raised anywhere below a handler.

    `parameters` fill in the text of the type; so does `retry_after`, in seconds. `cookies` are values of `Set-Cookie`.

    Raises:
        TypeError: `parameters` aren't those of the text.

    """

    def __init__(  # noqa: PLR0913
        self,
        type: ProblemType,
        /,
        *,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: Sequence[str] = (),
        violations: Sequence[Violation] = (),
        ways: Sequence[str] = (),
        **parameters: object,
    ) -> None:
        super().__init__(type.code)
        self.type = type
        self.violations = violations
        self.ways = ways
        self.headers = dict(headers or {})
        self.cookies = cookies
        self.parameters = parameters
        seconds = type.retry_after if retry_after is None else retry_after
        if seconds is not None:
            self.headers["Retry-After"] = str(seconds)
            if "retry_after" in parameter_names(type):
                parameters["retry_after"] = seconds
        check_parameters(type, parameters, type.code)
        if type.status == 401:
            self.headers.setdefault("WWW-Authenticate", "Bearer")


class FieldError(msgspec.Struct):
    """What is wrong with a field, a query parameter or a header."""

    pointer: Annotated[str, Meta(description="JSON pointer into the body, or name of a query parameter or a header.")]
    message: Annotated[str, Meta(description="What is wrong with it, in the caller's language.")]


class ProblemDocument(msgspec.Struct, rename="camel", omit_defaults=True):
    """An `application/problem+json` body: `message` for the parent, RFC 9457's members, and a stable `code`.

    `message` is the first member, as pages of the web client show a body's text as it comes. `errors` lists every error
    in the input, up to 100; `errorsTruncated` is true if there are more. `ways` are those in which the request can be
    completed.
    """

    message: Annotated[str, Meta(description="What went wrong, for the parent, in the caller's language.")]
    type: Annotated[str, Meta(description="URI of the kind of problem.")]
    title: Annotated[str, Meta(description="The kind of problem, for developers.")]
    status: Annotated[int, Meta(description="HTTP status.")]
    code: Annotated[str, Meta(description="The kind of problem, for programs.")]
    instance: Annotated[str, Meta(description="URI of the request, with its id.")]
    errors: list[FieldError] = []
    errors_truncated: bool = False
    ways: Annotated[list[str], Meta(description="Ways in which the request can be completed.")] = []


def problem_body(problem: Problem, language: Language, *, request_id: str, labels: Mapping[str, Text]) -> bytes:
    """Problem document, encoded.

    `request_id` must be valid in a URI; `labels` are what parents call fields, by their names in JSON.
    """
    kind = problem.type
    errors = [
        FieldError(violation.pointer, violation.message.format(language, **violation.parameters))
        for violation in problem.violations[:ERROR_LIMIT]
    ]
    message = kind.format(language, **problem.parameters)
    if kind in _SUMMARISED:
        summary = (f"{label(error.pointer, language, labels)} {error.message}." for error in errors[:_SUMMARY_LENGTH])
        message = " ".join((message, *summary))
    return msgspec.json.encode(
        ProblemDocument(
            message=message,
            type=f"urn:nestwerk:problem:{kind.code}",
            title=kind.title,
            status=kind.status,
            code=kind.code,
            instance=f"urn:nestwerk:request:{request_id}",
            errors=errors,
            errors_truncated=len(problem.violations) > ERROR_LIMIT,
            ways=list(problem.ways),
        )
    )
