"""The ASGI application: it routes every request, and turns errors into problem responses."""

import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from math import inf
from random import getrandbits
from time import perf_counter
from typing import Any, Final, cast

from litestar import Litestar
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.types import HTTPScope, Message, Method, Receive, Send
from msgspec.structs import replace

from api import telemetry
from api.http.answering import END, ID, EncodedResponse, Headers, Heads, send_answer
from api.http.authentication import NO_AUTHENTICATION, Authentication
from api.http.client import TrustedProxies
from api.http.cors import AllowedOrigins, for_page
from api.http.current import RequestScope, begin_request
from api.http.headers import request_headers
from api.http.idempotency import AnswerOnce, answer_anew
from api.http.language import negotiate_language
from api.http.request_head import check_head
from api.http.routing import Routes
from api.http.streaming import send_stream
from api.http.trace_context import begin_trace
from api.metrics import Histogram
from api.problems.labels import GENERAL_LABELS
from api.problems.problem import Problem, problem_body
from api.problems.text import Language, Text
from api.problems.types import INTERNAL_ERROR, METHOD_NOT_ALLOWED, NOT_FOUND

logger = logging.getLogger(__name__)

_REQUEST_ID_LIMIT: Final = 64
# Paths and methods without a route are one: clients may make up any number of them.
_UNMATCHED: Final = ("unmatched", "any")
_SECONDS: Final = Histogram(
    "nestwerk_http_request_duration_seconds",
    "Requests, from when there was room for them until their answer was written.",
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
        self._heads = Heads(self._origins.always, secure=False)
        self._secure_heads = Heads(self._origins.always, secure=True)
        super().__init__(**options)
        self._routes = Routes(self.asgi_router)

    @staticmethod
    def _get_default_plugins(plugins: list[Any]) -> list[Any]:
        # Litestar would load pydantic and attrs wherever they are installed: 13 MB and 0.2 s for each process.
        return plugins

    def __call__(self, scope: Any, receive: Any, send: Any) -> Coroutine[Any, Any, None]:
        if scope["type"] == "http":
            return self._respond(scope, receive, send)
        return super().__call__(scope, receive, send)

    async def _respond(self, scope: RequestScope, receive: Receive, send: Send) -> None:  # noqa: C901, PLR0912, PLR0915
        started = perf_counter()
        # Taken away, so that it's on no circle that only the garbage collector would find.
        answer = scope.pop("answer", None)
        headers = scope.pop("fields", None) or request_headers(scope)
        scope["request_id"] = request_id = _request_id(headers.get(ID))
        begin_request(scope)
        secure = self.proxies.apply(scope, headers)
        scope["litestar_app"] = self
        common: Headers = []
        is_cross_origin = False
        if b"origin" in headers:
            common = self._origins.admit(scope, headers)
            is_cross_origin = bool(common)
        if b"traceparent" in headers or telemetry.tracing is not None:
            common = [*common, *begin_trace(scope, headers)]
        heads = self._secure_heads if secure else self._heads
        head = heads.json
        response: EncodedResponse | None = None
        status = 500
        try:
            check_head(scope, headers)
            endpoint, path_parameters, scope["route"] = self._routes.find(scope)
            if endpoint is not None:
                response = await endpoint.respond(scope, headers, receive, path_parameters)
            elif scope["method"] == "OPTIONS":
                response = self._options_response(scope)
            else:
                statuses = [status]
                lines = [*heads.file.lines, (ID, request_id), *common]
                adjusted = _adjusted_send(lines, scope["method"], send, statuses)
                await super().__call__(scope, receive, adjusted)
                status = statuses[0]
        except Exception as error:  # noqa: BLE001
            response = self._error_response(error, scope, headers, request_id.decode())
            head = heads.problem
        if response is not None:
            status = response.status
            if is_cross_origin:
                response = replace(response, headers=for_page(response.headers, scope["method"]))
            if response.is_file:
                head = heads.file
            elif not response.body and response.stream is None:
                head = heads.empty
            own = [*common, *response.headers] if common else response.headers
            if answer is not None and response.stream is None:
                answer(status, head.before_id + request_id + END, own, response.body)
            else:
                lines = [*head.lines, (ID, request_id), *own]
                if response.stream is not None:
                    await send_stream(scope, send, status, lines, response.stream)
                else:
                    await send_answer(send, scope["method"], response, lines)
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
        request_id = _request_id(headers.get(ID))
        response = self._problem_document(problem, headers, None, request_id.decode())
        common = [*self._heads.problem.lines, (ID, request_id), *self._origins.lines(headers)]
        return response.status, [*common, *response.headers], response.body

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
