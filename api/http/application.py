"""The ASGI application: one place where every request comes in and every answer and error goes out."""

import logging
from collections.abc import Mapping
from random import getrandbits
from time import perf_counter
from traceback import walk_tb
from typing import Any, Final, cast

from litestar import Litestar
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.types import HTTPScope, Message, Method, Receive, Send
from litestar.utils import normalize_path

from api.http.authentication import NOBODY, Authentication
from api.http.client import Proxies
from api.http.endpoint import Endpoint, Reply
from api.http.headers import headers_of
from api.http.language import negotiate
from api.problems.labels import GENERAL_LABELS
from api.problems.problem import Problem, problem_body
from api.problems.text import Text
from api.problems.types import INTERNAL_ERROR, METHOD_NOT_ALLOWED, NOT_FOUND

logger = logging.getLogger(__name__)

Headers = list[tuple[bytes, bytes]]

_JSON: Final = (b"content-type", b"application/json")
_PROBLEM: Final = (b"content-type", b"application/problem+json")
_NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
_NO_STORE: Final = (b"cache-control", b"no-store")
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_REQUEST_ID_LIMIT: Final = 64


class Application(Litestar):
    """Litestar's routing and documentation, without its layers between a request and an `Endpoint`.

    What isn't an `Endpoint` (the documentation's files) goes through Litestar as usual.
    """

    def __init__(
        self,
        *,
        proxies: Proxies,
        authentication: Authentication = NOBODY,
        labels: Mapping[str, Text] = GENERAL_LABELS,
        **options: Any,
    ) -> None:
        """Take who is believed about a client's address, who finds out who calls, and what parents call fields."""
        self.proxies = proxies
        self.authentication = authentication
        self.labels = labels
        super().__init__(**options)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        headers = headers_of(scope)
        request_id = _request_id(headers.get(b"x-request-id"))
        address, secure = self.proxies.resolve(scope, headers)
        scope["litestar_app"] = self
        scope["client"] = (address, 0)
        scope["scheme"] = "https" if secure else "http"
        common: Headers = [_NOSNIFF, (b"x-request-id", request_id)]
        if secure:
            common.append(_HSTS)
        route = ""
        try:
            endpoint, path_parameters, route = self._route(scope)
            if endpoint is not None:
                reply = await endpoint.respond(scope, headers, receive, path_parameters)
            elif scope["method"] == "OPTIONS":
                reply = self._options(scope)
            else:
                await super().__call__(scope, receive, _completing(common, scope["method"], send))
                return
            content_type = _JSON
        except Exception as error:  # noqa: BLE001
            try:
                reply = self._failure(error, scope, headers, request_id.decode(), route)
            except Exception as worse:  # noqa: BLE001
                # What can't be told is an unexpected error, whose words need nothing of the request.
                reply = self._failure(worse, scope, headers, request_id.decode(), route)
            content_type = _PROBLEM
        response_headers = [*common, _NO_STORE, *reply.headers]
        if reply.body:
            response_headers.append(content_type)
        body = reply.body
        if scope["method"] == "HEAD":
            # The length of what GET answers with. Over HTTP/2 granian would send a body, and clients break off then.
            response_headers.append((b"content-length", b"%d" % len(body)))
            body = b""
        await send({"type": "http.response.start", "status": reply.status, "headers": response_headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug(
                "%s %s %s %.1f ms request_id=%s",
                scope["method"], route, reply.status, (perf_counter() - started) * 1000, request_id.decode(),
            )  # fmt: skip

    def _route(self, scope: HTTPScope) -> tuple[Endpoint | None, dict[str, Any], str]:
        path = scope["path"]
        if path[-1:] == "/" or "//" in path:
            scope["path"] = path = normalize_path(path)
        _, handler, _, path_parameters, template = self.asgi_router.handle_routing(path=path, method=scope["method"])
        return (handler if isinstance(handler, Endpoint) else None), path_parameters, template

    def _options(self, scope: HTTPScope) -> Reply:
        """Answer with the methods of a path: Litestar would answer with those of one of its handlers."""
        try:
            self.asgi_router.handle_routing(path=scope["path"], method=cast("Method", "none"))
        except MethodNotAllowedException as error:
            return Reply(204, b"", [(b"allow", (error.headers or {})["allow"].encode())])
        raise NotFoundException

    def _failure(
        self, error: Exception, scope: HTTPScope, headers: dict[bytes, bytes], request_id: str, route: str
    ) -> Reply:
        problem = _problem_of(error)
        if problem is None:
            logger.error(
                "unexpected error method=%s route=%s request_id=%s\n%s",
                scope["method"],
                route,
                request_id,
                _trace(error),
            )
            problem = Problem(INTERNAL_ERROR)
        caller = scope.get("auth")
        language = negotiate(headers.get(b"accept-language"), caller.preferred_language if caller else None)
        extra = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
        return Reply(
            problem.type.status, problem_body(problem, language, request_id=request_id, labels=self.labels), extra
        )


def _request_id(offered: bytes | None) -> bytes:
    """Id that the client or a proxy gave the request, if it's fit for a log, or a new one."""
    if offered and len(offered) <= _REQUEST_ID_LIMIT and offered.replace(b"-", b"").isalnum():
        return offered
    return b"%016x" % getrandbits(64)


def _completing(headers: Headers, method: str, send: Send) -> Send:
    """Make Litestar's answers the service's own: with the headers of all, and to HEAD without a body."""

    async def send_completed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *headers]
        elif message["type"] == "http.response.body" and method == "HEAD":
            message["body"] = b""
        await send(message)

    return send_completed


def _problem_of(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, MethodNotAllowedException):
        return Problem(METHOD_NOT_ALLOWED, headers=dict(error.headers or {}))
    if isinstance(error, HTTPException) and error.status_code in {400, 404}:
        return Problem(NOT_FOUND)
    return None


def _trace(error: BaseException) -> str:
    """Where an error came from, without its message: that may quote what a client sent."""
    lines = []
    cause: BaseException | None = error
    while cause is not None:
        lines.append(type(cause).__qualname__)
        lines += [
            f"  {frame.f_code.co_filename}:{line} {frame.f_code.co_qualname}"
            for frame, line in walk_tb(cause.__traceback__)
        ]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines)
