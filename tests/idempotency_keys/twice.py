"""A client that sends every POST twice with one key, and holds the second answer against the first."""

import re
from secrets import token_hex
from typing import Any, Final

import httpx

from api.app import unserved_app
from api.http.openapi.document import documented_routes

POSTS: Final = {route.path for route in documented_routes(unserved_app()) if route.method == "POST"}
# What does nothing when it's done again.
ANEW: Final = {"/api/logout"}
_KEPT: Final = ("location", "set-cookie", "content-type", "content-length")


class Twice(httpx.AsyncClient):
    """Knows which routes answered with a success, and that the second answer was the first one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.repeated: set[str] = set()
        # Routes after whose success the credentials that were sent count no more.
        self.ended: set[str] = set()

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        if request.method != "POST":
            return await super().send(request, **options)
        request.headers["Idempotency-Key"] = token_hex(16)
        first = await super().send(request, **options)
        while first.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            # A busy machine: nothing was done, so the same key is good.
            first = await super().send(request, **options)
        again = await super().send(request, **options)
        if not first.is_success:
            assert "idempotent-replayed" not in again.headers
            return first
        path = path_of(request.url.path)
        if again.status_code == httpx.codes.UNAUTHORIZED:
            self.ended.add(path)
            return first
        assert (again.headers.get("idempotent-replayed") == "true") == (path not in ANEW), path
        assert (again.status_code, again.content) == (first.status_code, first.content), path
        for name in _KEPT:
            assert _values(again, name) == _values(first, name), (path, name)
        self.repeated.add(path)
        return first


def _values(answer: httpx.Response, name: str) -> list[str]:
    """Values of a header; a session that was renewed just now ends a second sooner for the second answer."""
    return [re.sub("Max-Age=[0-9]+", "", value) for value in answer.headers.get_list(name)]


def path_of(path: str) -> str:
    """The route of a path, as OpenAPI writes it."""
    [found] = [
        route for route in POSTS if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), path) and _is_nearest(route, path)
    ]
    return found


def _is_nearest(route: str, path: str) -> bool:
    """Whether no route has the path without parameters."""
    return route == path or path not in POSTS
