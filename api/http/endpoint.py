"""Endpoints: the layer between an ASGI request and a handler of a few lines.

An `Endpoint` is declared, routed and documented by Litestar; it reads the arguments that its function's signature asks
for and writes what the function returns as one body of bytes.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache, partial
from time import perf_counter
from types import AsyncGeneratorType
from typing import Any, Final, cast
from urllib.parse import parse_qsl

import msgspec
from litestar import Litestar, Request, Response
from litestar.types import HTTPScope, Receive

from api.http.answering import EncodedResponse, unless_unmodified
from api.http.authentication import (
    NO_AUTHENTICATION,
    Authentication,
    Caller,
    bearer_token,
    cookie_name,
    cookie_value,
    session_cookie,
)
from api.http.body import check_content_encoding, check_content_type, read_body
from api.http.conditional import Versioned, read_condition, refuse_conditions
from api.http.current import RequestScope
from api.http.declaration import Declaration
from api.http.idempotency import HEADER, Answer, AnswerOnce, KeyedRequest, answer_anew, read_key
from api.http.language import negotiate_language
from api.http.origin import check_origin
from api.http.pacing import SMALL, Client, Pacing
from api.http.planted_cookies import removals
from api.http.validation import decode_json, decode_query
from api.problems.problem import Problem
from api.problems.types import NOT_AUTHENTICATED

# Decoded query strings that each endpoint caches, and the longest of them in bytes: clients send the same few again and
# again, and decoding one takes 5 to 10 of a request's 60 microseconds.
_QUERY_CACHE_SIZE: Final = 256
_LONGEST_CACHED_QUERY: Final = 256
_pacing: Final = Pacing()
_encode: Final = msgspec.json.Encoder().encode
# The same bytes, however a client writes the same JSON.
_encode_canonically: Final = msgspec.json.Encoder(order="deterministic").encode


class Endpoint(Declaration):
    """A route handler that answers requests by itself.

    The result of its function is sent as JSON; a Litestar `Response` adds headers and cookies, and its content may be
    an async generator of the JSON's bytes. With status 201 and a result (not a `Response`) that has an id, `Location`
    is the path and the id.
    """

    def on_registration(self, app: Litestar) -> None:
        super().on_registration(app)
        authentication: Authentication = getattr(app, "authentication", NO_AUTHENTICATION)
        self._remembered = authentication.remembered
        self._identify = authentication.identify
        self._answer_once: AnswerOnce = getattr(app, "answer_once", answer_anew)
        self._data_age: Callable[[], int | None] | None = getattr(app, "data_age", None) if self.may_be_old else None
        self._cookies = {
            scheme: cookie_name(authentication.cookie, secure=scheme == "https").encode()
            for scheme in ("http", "https")
        }
        self._decoder = None if self.body_type is None else msgspec.json.Decoder(self.body_type)
        self._has_query = bool(self.query_type.__struct_fields__)
        self._cached_query = lru_cache(_QUERY_CACHE_SIZE)(self._decoded_query)
        self._takes_more = self.unsafe or self._decoder is not None or self.wants_language or self.wants_request
        self._run: Callable[..., Awaitable[Any]] = self.fn

    async def respond(
        self, scope: RequestScope, headers: dict[bytes, bytes], receive: Receive, path_parameters: Mapping[str, Any]
    ) -> EncodedResponse:
        """Answer a request.

        Raises:
            Problem: the request is refused, or the function raised it.

        """
        token = bearer_token(headers)
        if token is None and self.unsafe:
            check_origin(headers, secure=scope["scheme"] == "https")
        query = scope["query_string"]
        arguments = self._query_arguments(query) if query or self._has_query else {}
        caller: Caller | None = None
        cookie: bytes | None = None
        if self.wants_caller:
            # The cookie is ignored if there's a bearer token, valid or not.
            cookie = cookie_value(headers, self._cookies[scope["scheme"]]) if token is None else None
            credential = token or cookie
            if credential is not None:
                caller = self._remembered(credential) or await self._identify(credential)
            if caller is None:
                planted = removals(headers, self._cookies[scope["scheme"]], scope["path"]) if token is None else ()
                raise Problem(NOT_AUTHENTICATED, cookies=planted)
            arguments["caller"] = scope["auth"] = caller
        arguments |= path_parameters
        if self._takes_more:
            await self._take_more(scope, headers, receive, caller, arguments)
        if self.takes_key and HEADER in headers:
            response = await self._respond_once(scope, headers, caller, arguments)
        else:
            response = self._encoded_response(scope, await self._run(**arguments))
        if (b"if-none-match" in headers or b"if-match" in headers) and not self.unsafe:
            response = unless_unmodified(headers, response)
        if cookie is not None and caller is not None and caller.is_renewed and not self.sets_cookie:
            response.headers.append((b"set-cookie", self._renewed_cookie(scope, cookie, caller)))
        if self._data_age is not None and (age := self._data_age()) is not None:
            response.headers.append((b"data-age", b"%d" % age))
        return response

    async def _take_more(
        self,
        scope: RequestScope,
        headers: dict[bytes, bytes],
        receive: Receive,
        caller: Caller | None,
        arguments: dict[str, Any],
    ) -> None:
        """Take what a change has, and what only few functions ask for."""
        if self.unsafe:
            if self.wants_condition and caller is not None:
                arguments["condition"] = read_condition(headers, caller.user_id, creates=self.is_put)
            else:
                refuse_conditions(headers)
        if self._decoder is not None:
            check_content_type(headers.get(b"content-type"), merge_patch="PATCH" in self.http_methods)
            check_content_encoding(headers.get(b"content-encoding"))
            body = scope.get("body")
            if body is None or len(body) > min(SMALL, self.body_limit):
                begun = perf_counter()
                body = await read_body(headers, receive, self.body_limit)
                scope["receiving"] = perf_counter() - begun
            client = None if caller is None else caller.user_id
            if len(body) > SMALL or (client is not None and _pacing.is_costly(client)):
                arguments["data"] = await _decode_in_turn(scope, client, partial(decode_json, body, self._decoder))
            else:
                try:
                    arguments["data"] = decode_json(body, self._decoder)
                except Problem:
                    if client is not None:
                        _pacing.charge_faults(client, len(body))
                    raise
        if self.wants_language:
            preferred = caller.preferred_language if caller else None
            arguments["language"] = negotiate_language(headers.get(b"accept-language"), preferred)
        if self.wants_request:
            arguments["request"] = Request(scope, receive=receive)

    async def _respond_once(
        self,
        scope: RequestScope,
        headers: dict[bytes, bytes],
        caller: Caller | None,
        arguments: dict[str, Any],
    ) -> EncodedResponse:
        """Answer a request with an `Idempotency-Key` as the first one with that key."""
        user_id = None if caller is None else caller.user_id
        scope["keyed"] = keyed = KeyedRequest(scope, read_key(headers[HEADER]), user_id)
        if self.takes_file is None:
            await keyed.read(_encode_canonically(arguments["data"]) if "data" in arguments else b"")

        async def answer() -> Answer:
            response = self._encoded_response(scope, await self._run(**arguments))
            return Answer(response.status, response.headers, response.body)

        status, extra, body = await self._answer_once(keyed, answer)
        return EncodedResponse(status, body, extra)

    def _renewed_cookie(self, scope: RequestScope, token: bytes, caller: Caller) -> bytes:
        """Cookie of a request for as long as its session now lasts."""
        name, is_secure = self._cookies[scope["scheme"]].decode(), scope["scheme"] == "https"
        return session_cookie(name, token.decode(), int(caller.seconds_left), secure=is_secure).encode()

    def _query_arguments(self, query_string: bytes) -> dict[str, Any]:
        if len(query_string) > _LONGEST_CACHED_QUERY:
            return self._decoded_query(query_string)
        return self._cached_query(query_string).copy()

    def _decoded_query(self, query_string: bytes) -> dict[str, Any]:
        pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, errors="replace")
        return msgspec.structs.asdict(decode_query(pairs, self.query_type))

    def _encoded_response(self, scope: HTTPScope, result: Any) -> EncodedResponse:
        status = self.status_code
        extra: list[tuple[bytes, bytes]] = []
        tag: bytes | None = None
        if isinstance(result, Response):
            status = result.status_code or status
            extra = [(name.lower().encode(), value.encode()) for name, value in result.headers.items()]
            extra += [cookie.to_encoded_header() for cookie in result.cookies]
            result = result.content
            if isinstance(result, AsyncGeneratorType):
                return EncodedResponse(status, b"", extra, stream=result)
        elif type(result) is Versioned:
            tag, result = result.tag, result.content
        elif status == 201 and (id := getattr(result, "id", None)) is not None:
            extra.append((b"location", f"{scope['path']}/{id}".encode()))
        if status == 204:
            return EncodedResponse(status, b"", extra)
        body = result if isinstance(result, bytes) else _encode(result)
        if tag is None and self.tag is not None:
            tag = self.tag(result, body)
        if tag is not None:
            extra.append((b"etag", tag))
        return EncodedResponse(status, body, extra)


async def _decode_in_turn(scope: RequestScope, client: Client, decode: Callable[[], Any]) -> Any:
    waits = _pacing.is_costly(client)
    if waits:
        begun = perf_counter()
        try:
            await _pacing.wait(client)
        finally:
            scope["receiving"] = scope.get("receiving", 0.0) + perf_counter() - begun
    return _pacing.decode(client, decode, waited=waits)


def _decorator(status: int, *methods: str) -> Callable[..., Callable[[Callable[..., Any]], Endpoint]]:
    def declare(path: str, **options: Any) -> Callable[[Callable[..., Any]], Endpoint]:
        options.setdefault("status_code", status)
        endpoint = Endpoint(path, http_method=methods, **options)
        return cast("Callable[[Callable[..., Any]], Endpoint]", endpoint)

    return declare


get = _decorator(200, "GET", "HEAD")
post = _decorator(201, "POST")
put = _decorator(200, "PUT")
patch = _decorator(200, "PATCH")
delete = _decorator(204, "DELETE")
