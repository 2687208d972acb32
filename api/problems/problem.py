"""Errors as RFC 9457 problem documents."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api.http.language import Language
from api.problems.field_messages import FIELD_MESSAGES
from api.problems.messages import PROBLEMS
from api.problems.wording import label, parameter_names, word

ERROR_LIMIT: Final = 100

# The existing web client shows `message` alone, so it says what is wrong with the first fields too.
_SUMMARISED: Final = frozenset({"invalid_body", "invalid_query"})
_SUMMARY_LENGTH: Final = 3


class Invalid(msgspec.Struct, frozen=True):
    """A fault in what a client sent.

    `pointer` is a JSON pointer into the body ("" is the body itself, "/childProfiles/3/age"), or the name of a query
    parameter; `message` a key of `FIELD_MESSAGES`, `parameters` what its text asks for.

    Raises:
        KeyError: there is no such message.
        TypeError: a parameter is missing or too many.

    """

    pointer: str
    message: str
    parameters: Mapping[str, object] = {}

    def __post_init__(self) -> None:
        _check(self.message, self.parameters, parameter_names(FIELD_MESSAGES[self.message]))


class Problem(Exception):  # noqa: N818  RFC 9457 calls it so
    """An error that the client is told; may be raised anywhere below a handler.

    `code` is a key of `PROBLEMS`, `parameters` are what its text asks for (`retry_after`, in seconds, counts as one).

    Raises:
        KeyError: there is no such code.
        TypeError: a parameter is missing or too many.

    """

    def __init__(
        self,
        code: str,
        /,
        *,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        invalid: Sequence[Invalid] = (),
        **parameters: object,
    ) -> None:
        super().__init__(code)
        text = PROBLEMS[code]
        needed = parameter_names(text)
        self.code = code
        self.status = text.status
        self.invalid = invalid
        self.headers = dict(headers or {})
        self.parameters = parameters
        seconds = text.retry_after if retry_after is None else retry_after
        if seconds is not None:
            self.headers["Retry-After"] = str(seconds)
            if "retry_after" in needed:
                parameters["retry_after"] = seconds
        _check(code, parameters, needed)
        if self.status == 401:
            self.headers.setdefault("WWW-Authenticate", "Bearer")


class FieldError(msgspec.Struct):
    """A fault, for the caller."""

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


def _check(name: str, parameters: Mapping[str, object], needed: frozenset[str]) -> None:
    if parameters.keys() != needed:
        raise TypeError(f"{name} takes {sorted(needed)}, not {sorted(parameters)}")


def problem_body(problem: Problem, language: Language, *, request_id: str) -> bytes:
    """Encode a problem as the body of its response; `request_id` must be fit for a URI."""
    text = PROBLEMS[problem.code]
    errors = [
        FieldError(invalid.pointer, word(FIELD_MESSAGES[invalid.message], language, invalid.parameters))
        for invalid in problem.invalid[:ERROR_LIMIT]
    ]
    message = word(text, language, problem.parameters)
    if problem.code in _SUMMARISED:
        summary = (f"{label(error.pointer, language)} {error.message}." for error in errors[:_SUMMARY_LENGTH])
        message = " ".join((message, *summary))
    return msgspec.json.encode(
        ProblemDocument(
            type=f"urn:nestwerk:problem:{problem.code}",
            title=text.title,
            status=problem.status,
            code=problem.code,
            message=message,
            instance=f"urn:nestwerk:request:{request_id}",
            errors=errors,
            errors_truncated=len(problem.invalid) > ERROR_LIMIT,
        )
    )
