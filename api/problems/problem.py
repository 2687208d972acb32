"""Errors as RFC 9457 problem documents."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api.problems.labels import label
from api.problems.text import Language, Text, check_parameters, parameter_names
from api.problems.types import INVALID_BODY, INVALID_QUERY, ProblemType

ERROR_LIMIT: Final = 100

# The existing web client shows `message` alone, so it says what is wrong with the first fields too.
_SUMMARISED: Final = frozenset({INVALID_BODY, INVALID_QUERY})
_SUMMARY_LENGTH: Final = 3


class Invalid(msgspec.Struct, frozen=True):
    """Something wrong in what a client sent.

    `pointer` is a JSON pointer into the body ("" is the body itself, "/childProfiles/3/age"), or the name of a query
    parameter; `message` says what would be right, worded to follow the field's name, and `parameters` are what its text
    asks for.

    Raises:
        TypeError: a parameter is missing or too many.

    """

    pointer: str
    message: Text
    parameters: Mapping[str, object] = {}

    def __post_init__(self) -> None:
        check_parameters(self.message, self.parameters, self.message.en)


class Problem(Exception):  # noqa: N818  RFC 9457 calls it so
    """An error that the client is told; may be raised anywhere below a handler.

    `parameters` are what the text of its type asks for; `retry_after`, in seconds, counts as one.

    Raises:
        TypeError: a parameter is missing or too many.

    """

    def __init__(
        self,
        type: ProblemType,
        /,
        *,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        invalid: Sequence[Invalid] = (),
        **parameters: object,
    ) -> None:
        super().__init__(type.code)
        self.type = type
        self.invalid = invalid
        self.headers = dict(headers or {})
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
    """What is wrong with a field, for the caller."""

    pointer: Annotated[str, Meta(description="JSON pointer into the body, or name of a query parameter.")]
    message: Annotated[str, Meta(description="What is wrong with it, in the caller's language.")]


class ProblemDocument(msgspec.Struct, rename="camel", omit_defaults=True):
    """An `application/problem+json` body: RFC 9457's members, a stable `code`, and `message` for the parent.

    `errors` names every fault of what was sent, up to 100; `errorsTruncated` is true if there are more.
    """

    type: Annotated[str, Meta(description="URI of the kind of problem.")]
    title: Annotated[str, Meta(description="The kind of problem, for developers.")]
    status: Annotated[int, Meta(description="HTTP status.")]
    code: Annotated[str, Meta(description="The kind of problem, for programs.")]
    message: Annotated[str, Meta(description="What went wrong, for the parent, in the caller's language.")]
    instance: Annotated[str, Meta(description="URI of the request, with its id.")]
    errors: list[FieldError] = []
    errors_truncated: bool = False


def problem_body(problem: Problem, language: Language, *, request_id: str, labels: Mapping[str, Text]) -> bytes:
    """Encode a problem as the body of its response.

    `request_id` must be fit for a URI; `labels` are what parents call fields, by their names in JSON.
    """
    kind = problem.type
    errors = [
        FieldError(invalid.pointer, invalid.message.told(language, **invalid.parameters))
        for invalid in problem.invalid[:ERROR_LIMIT]
    ]
    message = kind.told(language, **problem.parameters)
    if kind in _SUMMARISED:
        summary = (f"{label(error.pointer, language, labels)} {error.message}." for error in errors[:_SUMMARY_LENGTH])
        message = " ".join((message, *summary))
    return msgspec.json.encode(
        ProblemDocument(
            type=f"urn:nestwerk:problem:{kind.code}",
            title=kind.title,
            status=kind.status,
            code=kind.code,
            message=message,
            instance=f"urn:nestwerk:request:{request_id}",
            errors=errors,
            errors_truncated=len(problem.invalid) > ERROR_LIMIT,
        )
    )
