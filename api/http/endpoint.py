"""Route handlers: what stands between an ASGI request and a handler of a few lines.

An `Endpoint` is declared, routed and documented by Litestar; it reads the arguments that its function's signature asks for
and writes what the function returns as one body of bytes.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import HTTPScope, Receive

from api.auth.caller import CallerIdentity, bearer_token, cookie_token, identify
from api.http.language import negotiate
from api.http.origin import check_origin
from api.http.problems import Problem
from api.http.schemas import LARGEST_ID
from api.http.validation import decode_json, decode_query

BODY_LIMIT: Final = 64 * 1024

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


class Endpoint(HTTPRouteHandler):
    """A route handler.

    Its function may ask for `caller` (then a session is needed), `data` (the JSON body, decoded and checked), `language`,
    `request`, integers of the path and parameters of the query. What it returns is sent as JSON; a Litestar `Response` says more:
    headers and cookies. With status 201 and a result that has an id, `Location` is the path and the id.
    """

    def __init__(self, path: str, *, body_limit: int = BODY_LIMIT, **options: Any) -> None:
        super().__init__(path, **options)
        self.body_limit = body_limit

    def on_registration(self, app: Litestar) -> None:
        super().on_registration(app)
        signature = self.parsed_fn_signature.parameters
        path_parameters = {name for path in self.paths for name in _path_parameters(path)}
        self._wants_caller = "caller" in signature
        self._wants_language = "language" in signature
        self._wants_request = "request" in signature
        self._decoder: msgspec.json.Decoder[Any] | None = None
        if "data" in signature:
            self._decoder = msgspec.json.Decoder(signature["data"].raw)
        self._path_parameters = tuple(name for name in signature if name in path_parameters)
        self._query = _query_struct(
            self.handler_name,
            {
                name: (field.raw, field.default if field.has_default else msgspec.NODEFAULT)
                for name, field in signature.items()
                if name not in {"caller", "data", "language", "request"} and name not in path_parameters
            },
        )
        self._unsafe = not self.http_methods <= _SAFE
        self._run: Callable[..., Awaitable[Any]] = self.fn

    async def respond(
        self, scope: HTTPScope, headers: dict[bytes, bytes], receive: Receive, path_parameters: dict[str, Any]
    ) -> "Reply":
        """Answer a request.

        Raises:
            Problem: whatever is wrong with the request, or what the function raised.

        """
        arguments: dict[str, Any] = {}
        caller: CallerIdentity | None = None
        token = bearer_token(headers.get(b"authorization"))
        if self._unsafe and token is None:
            check_origin(headers)
        if self._wants_caller:
            arguments["caller"] = caller = await identify(token or cookie_token(headers.get(b"cookie")))
            if caller is None:
                raise Problem("not_authenticated", headers={"WWW-Authenticate": "Bearer"})
            scope["auth"] = caller
        if self._wants_language:
            preferred = caller.preferred_language if caller else None
            arguments["language"] = negotiate(headers.get(b"accept-language"), preferred)
        for name in self._path_parameters:
            value = arguments[name] = path_parameters[name]
            if not 0 < value <= LARGEST_ID:
                raise Problem("not_found")
        if self._query is not None:
            arguments.update(decode_query_string(scope["query_string"], self._query))
        elif scope["query_string"]:
            decode_query_string(scope["query_string"], _NoParameters)
        if self._decoder is not None:
            check_content_type(headers.get(b"content-type"), merge_patch="PATCH" in self.http_methods)
            arguments["data"] = decode_json(await read_body(headers, receive, self.body_limit), self._decoder)
        if self._wants_request:
            arguments["request"] = Request(scope, receive=receive)
        result = await self._run(**arguments)
        return self._reply(scope, result)

    def _reply(self, scope: HTTPScope, result: Any) -> "Reply":
        status = self.status_code
        extra: list[tuple[bytes, bytes]] = []
        if isinstance(result, Response):
            status = result.status_code or status
            extra = [(name.lower().encode(), value.encode()) for name, value in result.headers.items()]
            extra += [cookie.to_encoded_header() for cookie in result.cookies]
            result = result.content
        if status == 201 and (id := getattr(result, "id", None)) is not None:
            extra.append((b"location", f"{scope['path'].rstrip('/')}/{id}".encode()))
        if status == 204:
            return Reply(status, b"", extra)
        return Reply(status, result if isinstance(result, bytes) else _encode(result), extra)


class Reply(msgspec.Struct, frozen=True, gc=False):
    """What goes out: status, JSON body and the headers beyond those that every answer has."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]


class _NoParameters(msgspec.Struct, forbid_unknown_fields=True):
    pass


def _query_struct(name: str, parameters: dict[str, tuple[Any, Any]]) -> type[msgspec.Struct] | None:
    if not parameters:
        return None
    fields = [
        (parameter, kind) if default is msgspec.NODEFAULT else (parameter, kind, default)
        for parameter, (kind, default) in parameters.items()
    ]
    return msgspec.defstruct(name, fields, rename="camel", forbid_unknown_fields=True, kw_only=True)


def _path_parameters(path: str) -> list[str]:
    return [part[1:-1].partition(":")[0] for part in path.split("/") if part.startswith("{")]


def decode_query_string(query: bytes, parameters: type[msgspec.Struct]) -> dict[str, Any]:
    """Arguments of a query string, by name in Python."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, errors="replace", max_num_fields=None)
    return msgspec.structs.asdict(decode_query(pairs, parameters))


def check_content_type(content_type: bytes | None, *, merge_patch: bool) -> None:
    """Refuse bodies that don't say they are JSON.

    Raises:
        Problem: `unsupported_media_type`.

    """
    essence = (content_type or b"").partition(b";")[0].strip().lower()
    if essence == b"application/json" or (merge_patch and essence == b"application/merge-patch+json"):
        return
    raise Problem("unsupported_media_type", headers={"Accept": "application/json"})


async def read_body(headers: dict[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """Body of a request, in bytes.

    Raises:
        Problem: `body_too_large`, before more than `limit` bytes are kept; `malformed_body` when it was cut off.

    """
    length = headers.get(b"content-length")
    if length is not None and length.isdigit() and int(length) > limit:
        raise Problem("body_too_large", limit=limit)
    message = await receive()
    body = message.get("body", b"")
    if not message.get("more_body"):
        if message["type"] == "http.disconnect":
            raise Problem("malformed_body")
        if len(body) > limit:
            raise Problem("body_too_large", limit=limit)
        return bytes(body)
    parts = [body]
    size = len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("malformed_body")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise Problem("body_too_large", limit=limit)
    return b"".join(parts)


def _decorator(method: str, status: int) -> Callable[..., Callable[[Callable[..., Any]], Endpoint]]:
    def declare(path: str, **options: Any) -> Callable[[Callable[..., Any]], Endpoint]:
        options.setdefault("status_code", status)
        endpoint = Endpoint(path, http_method=method, **options)
        return lambda function: endpoint(function)  # type: ignore[return-value]

    return declare


get = _decorator("GET", 200)
post = _decorator("POST", 201)
put = _decorator("PUT", 200)
patch = _decorator("PATCH", 200)
delete = _decorator("DELETE", 204)
