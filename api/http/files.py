"""Route handlers that answer with a file, of a type of its own and that clients may keep."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from litestar.types import HTTPScope

from api.http.answering import EncodedResponse
from api.http.endpoint import Endpoint


class FileEndpoint(Endpoint):
    """A route handler whose function returns the whole response, with its type and how long it may be kept."""

    def _encoded_response(self, _: HTTPScope, result: EncodedResponse) -> EncodedResponse:
        return result


def get_file(path: str, **options: Any) -> Callable[[Callable[..., Awaitable[EncodedResponse]]], FileEndpoint]:
    """A route of files, which isn't in the OpenAPI document."""
    endpoint = FileEndpoint(path, http_method=("GET", "HEAD"), status_code=200, include_in_schema=False, **options)
    return cast("Callable[[Callable[..., Awaitable[EncodedResponse]]], FileEndpoint]", endpoint)
