"""The ASGI application: it routes every request, and turns errors into problem responses."""

import logging
from collections.abc import Callable, Mapping, Sequence
from math import inf
from random import getrandbits
from time import perf_counter
from typing import Any, Final, cast

from litestar import Litestar
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.types import HTTPScope, Message, Method, Receive, Send
from litestar.utils import normalize_path
from msgspec.structs import replace

from api import telemetry
from api.http.authentication import NO_AUTHENTICATION, Authentication
from api.http.client import TrustedProxies
from api.http.cors import AllowedOrigins, for_page
from api.http.current import RequestScope, begin_request
from api.http.endpoint import EncodedResponse, Endpoint
from api.http.headers import request_headers
from api.http.idempotency import AnswerOnce, answer_anew
from api.http.language import negotiate_language
from api.http.request_head import check_head
from api.http.streaming import send_stream
from api.http.trace_context import begin_trace
from api.metrics import Histogram
from api.problems.labels import GENERAL_LABELS
from api.problems.problem import Problem, problem_body
from api.problems.text import Language, Text
from api.problems.types import INTERNAL_ERROR, METHOD_NOT_ALLOWED, NOT_FOUND

logger = logging.getLogger(__name__)

Headers = list[tuple[bytes, bytes]]

_JSON: Final = (b"content-type", b"application/json")
_PROBLEM: Final = (b"content-type", b"application/problem+json")
_NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
# It names no version.
_SERVER: Final = (b"server", b"nestwerk")
_NO_STORE: Final = (b"cache-control", b"no-store")
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_REQUEST_ID_LIMIT: Final = 64
# Paths and methods without a route are one: clients may make up any number of them.
_UNMATCHED: Final = ("unmatched", "any")
_SECONDS: Final = Histogram(
    "nestwerk_http_request_duration_seconds",
    "Requests, from when their head was read until their answer was written.",
    "route", "method", "status",
    bounds=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)  # fmt: skip


class Application(Litestar):
    """Litestar's routing and documentation, without its layers between a request and an `Endpoint`.

    Handlers that aren't `Endpoint`s (the documentation's files) go through Litestar as usual.
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        proxies: TrustedProxies,
        authentication: Authentication = NO_AUTHENTICATION,
        answer_once: AnswerOnce = answer_anew,
        data_age: Callable[[], int | None] | None = None,
        labels: Mapping[str, Text] = GENERAL_LABELS,
        origins: Sequence[str] = (),
        slow: float = inf,
        **options: Any,
    ) -> None:
        """Take the trusted proxies, how callers are authenticated, and what parents call the fields of JSON.

        `answer_once` answers requests with an `Idempotency-Key`. `data_age` says for how many seconds there has been
        nobody to change data, if that's so. Pages of the `origins` may call with a bearer token.

        Requests that take longer than `slow` seconds are logged, and at the level `debug` all.
        """
        self._slow = slow
        self._logged_from = 0.0 if logger.isEnabledFor(logging.DEBUG) else slow
        self.proxies = proxies
        self.authentication = authentication
        self.answer_once = answer_once
        self.labels = labels
        self.data_age = data_age
        self._origins = AllowedOrigins(origins)
        self._always: Headers = [_SERVER, _NOSNIFF, *self._origins.always]
        super().__init__(**options)

    @staticmethod
    def _get_default_plugins(plugins: list[Any]) -> list[Any]:
        # Litestar would load pydantic and attrs wherever they are installed: 13 MB and 0.2 s for each process.
        return plugins

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self._respond(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _respond(self, scope: RequestScope, receive: Receive, send: Send) -> None:  # noqa: C901, PLR0912, PLR0915
        started = perf_counter()
        headers = request_headers(scope)
        scope["request_id"] = request_id = _request_id(headers.get(b"x-request-id"))
        begin_request(scope)
        address, secure = self.proxies.resolve(scope, headers)
        scope["litestar_app"] = self
        scope["client"] = (address, 0)
        scope["scheme"] = "https" if secure else "http"
        cross_origin = self._origins.admit(scope, headers) if b"origin" in headers else ()
        common: Headers = [*self._always, (b"x-request-id", request_id), *cross_origin]
        if secure:
            common.append(_HSTS)
        if b"traceparent" in headers or telemetry.tracing is not None:
            common += begin_trace(scope, headers)
        response: EncodedResponse | None = None
        status = 500
        try:
            check_head(scope, headers)
            endpoint, path_parameters, scope["route"] = self._route(scope)
            if endpoint is not None:
                response = await endpoint.respond(scope, headers, receive, path_parameters)
            elif scope["method"] == "OPTIONS":
                response = self._options_response(scope)
            else:
                statuses = [status]
                await super().__call__(scope, receive, _adjusted_send(common, scope["method"], send, statuses))
                status = statuses[0]
            content_type = _JSON
        except Exception as error:  # noqa: BLE001
            response = self._error_response(error, scope, headers, request_id.decode())
            content_type = _PROBLEM
        if response is not None:
            status = response.status
            if cross_origin:
                response = replace(response, headers=for_page(response.headers, scope["method"]))
            response_headers = (
                [*common, *response.headers] if response.is_file else [*common, _NO_STORE, *response.headers]
            )
            if (response.body or response.stream is not None) and not response.is_file:
                response_headers.append(content_type)
            if response.stream is not None:
                await send_stream(scope, send, status, response_headers, response.stream)
            else:
                body = response.body
                if scope["method"] == "HEAD" and status != 304:
                    # The length is that of GET's body.
                    response_headers.append((b"content-length", b"%d" % len(body)))
                    body = b""
                await send({"type": "http.response.start", "status": status, "headers": response_headers})
                await send({"type": "http.response.body", "body": body, "more_body": False})
        seconds = perf_counter() - started
        route = scope.get("route")
        _SECONDS.observe(seconds, (route, scope["method"], status) if route else (*_UNMATCHED, status))
        if seconds > self._logged_from:
            self._log(scope, status, seconds)
        if telemetry.tracing is not None and (span := scope["span"]) is not None:
            telemetry.tracing.end_request(span, scope["method"], scope.get("route", ""), status, request_id.decode())

    def _log(self, scope: RequestScope, status: int, seconds: float) -> None:
        """Log a request; what it waits for its client is the client's affair."""
        is_slow = seconds - scope.get("receiving", 0) > self._slow
        told = {"status": status, "ms": round(seconds * 1000, 1)}
        if is_slow:
            kind = ("slow", scope["method"], scope.get("route"))
            logger.warning("slow request", extra={"event": "slow_request", "kind": kind, **told})
        else:
            logger.debug("request", extra={"event": "request", **told})

    def _route(self, scope: HTTPScope) -> tuple[Endpoint | None, dict[str, Any], str]:
        path = scope["path"]
        if path[-1:] == "/" or "//" in path:
            scope["path"] = path = normalize_path(path)
        _, handler, _, path_parameters, template = self.asgi_router.handle_routing(path=path, method=scope["method"])
        return (handler if isinstance(handler, Endpoint) else None), path_parameters, template

    def _options_response(self, scope: HTTPScope) -> EncodedResponse:
        """Response with all methods of a path; Litestar would list only those of one handler."""
        try:
            self.asgi_router.handle_routing(path=scope["path"], method=cast("Method", "none"))
        except MethodNotAllowedException as error:
            return EncodedResponse(204, b"", [(b"allow", (error.headers or {})["allow"].encode())])
        raise NotFoundException

    def refuse(self, problem: Problem, lines: Sequence[tuple[bytes, bytes]]) -> tuple[int, Headers, bytes]:
        """Status, headers and body of the answer to a request that wasn't routed; `lines` are those of its head."""
        headers = dict(lines)
        request_id = _request_id(headers.get(b"x-request-id"))
        response = self._problem_document(problem, headers, None, request_id.decode())
        common = [*self._always, (b"x-request-id", request_id), _NO_STORE, *self._origins.lines(headers)]
        return response.status, [*common, *response.headers, _PROBLEM], response.body

    def _error_response(
        self, error: Exception, scope: RequestScope, headers: dict[bytes, bytes], request_id: str
    ) -> EncodedResponse:
        try:
            return self._problem_response(error, scope, headers, request_id)
        except Exception as second:  # noqa: BLE001
            # Writing the problem failed too; an internal error's message needs no parameters.
            return self._problem_response(second, scope, headers, request_id)

    def _problem_response(
        self, error: Exception, scope: RequestScope, headers: dict[bytes, bytes], request_id: str
    ) -> EncodedResponse:
        problem = _problem_of(error)
        if problem is None:
            # The log has types and frames of it, and no message (server/logs/errors.py).
            logger.error(
                "unexpected error",
                exc_info=error,
                extra={
                    "event": "unexpected_error",
                    "kind": (type(error), scope["method"], scope.get("route")),
                },
            )
            problem = Problem(INTERNAL_ERROR)
        caller = scope.get("auth")
        return self._problem_document(problem, headers, caller.preferred_language if caller else None, request_id)

    def _problem_document(
        self, problem: Problem, headers: Mapping[bytes, bytes], preferred: Language | None, request_id: str
    ) -> EncodedResponse:
        language = negotiate_language(headers.get(b"accept-language"), preferred)
        extra = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
        extra += [(b"set-cookie", cookie.encode()) for cookie in problem.cookies]
        return EncodedResponse(
            problem.type.status, problem_body(problem, language, request_id=request_id, labels=self.labels), extra
        )


def _request_id(offered: bytes | None) -> bytes:
    """Id that the client or a proxy gave the request if it's safe to log, or else a new one."""
    if offered and len(offered) <= _REQUEST_ID_LIMIT and offered.replace(b"-", b"").isalnum():
        return offered
    return b"%016x" % getrandbits(64)


def _adjusted_send(headers: Headers, method: str, send: Send, statuses: list[int]) -> Send:
    """`send` for Litestar's own responses: it adds the common headers, drops HEAD's body, and tells the status."""

    async def send_adjusted(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *headers]
            statuses[0] = message["status"]
        elif message["type"] == "http.response.body" and method == "HEAD":
            message["body"] = b""
        await send(message)

    return send_adjusted


def _problem_of(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, MethodNotAllowedException):
        return Problem(METHOD_NOT_ALLOWED, headers=dict(error.headers or {}))
    if isinstance(error, HTTPException) and error.status_code in {400, 404}:
        return Problem(NOT_FOUND)
    return None
