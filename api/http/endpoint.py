"""Route handlers: what stands between an ASGI request and a handler of a few lines.

An `Endpoint` is declared, routed and documented by Litestar; it reads the arguments that its function's signature asks
for and writes what the function returns as one body of bytes.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, cast
from urllib.parse import parse_qsl

import msgspec
from litestar import Litestar, Request, Response
from litestar._kwargs import KwargsModel
from litestar.handlers import HTTPRouteHandler
from litestar.types import HTTPScope, Receive

from api.http.authentication import NOBODY, Authentication, Caller, bearer_token, cookie_value
from api.http.body import check_content_type, read_body
from api.http.language import negotiate
from api.http.origin import check_origin
from api.http.schemas import LARGEST_ID
from api.http.validation import decode_json, decode_query
from api.problems.problem import Problem
from api.problems.types import NOT_AUTHENTICATED, NOT_FOUND, ProblemType

BODY_LIMIT: Final = 64 * 1024

# Query strings that an endpoint remembers the arguments of: clients ask with the same few again and again, and decoding
# one takes 5 to 10 of a request's 60 microseconds. Those longer in bytes aren't remembered.
_REMEMBERED: Final = 256
_LONGEST_REMEMBERED: Final = 256
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


class Endpoint(HTTPRouteHandler):
    """A route handler.

    Its function may ask for `caller` (then a session is needed), `data` (the JSON body, decoded and checked),
    `language`, `request`, an id that ends the path and parameters of the query. What it returns is sent as JSON; a
    Litestar `Response` says more: headers and cookies. With status 201 and a result (no `Response`) that has an id,
    `Location` is the path and the id.
    """

    def __init__(  # noqa: PLR0913
        self,
        path: str,
        *,
        body_limit: int = BODY_LIMIT,
        problems: Sequence[ProblemType] = (),
        next_operations: Sequence[str] = (),
        may_create: bool = False,
        sets_cookie: bool = False,
        takes_session: bool = False,
        needs_database: bool = True,
        **options: Any,
    ) -> None:
        """Declare a route; `body_limit` is in bytes.

        For the documentation: `problems` are those that the function raises, `next_operations` names of functions
        that can follow on this one, `may_create` says that 201 is an answer too, `sets_cookie` that the session's
        cookie comes with the answer, `takes_session` that the request may bring a session though it need not, and
        `needs_database` that there's no answer without one.
        """
        super().__init__(path, **options)
        self.body_limit = body_limit
        self.problems = tuple(problems)
        self.next_operations = tuple(next_operations)
        self.may_create = may_create
        self.sets_cookie = sets_cookie
        self.takes_session = takes_session
        self.needs_database = needs_database

    def create_kwargs_model(self, path_parameters: Iterable[str]) -> KwargsModel:  # noqa: ARG002
        """Model of no arguments: Litestar reads none for an Endpoint."""
        return KwargsModel(
            expected_cookie_params=set(),
            expected_data_dto=None,
            expected_dependencies=set(),
            expected_form_data=None,
            expected_header_params=set(),
            expected_msgpack_data=None,
            expected_path_params=set(),
            expected_query_params=set(),
            expected_reserved_kwargs=set(),
            is_data_optional=False,
            sequence_query_parameter_names=set(),
        )

    def on_registration(self, app: Litestar) -> None:
        super().on_registration(app)
        authentication: Authentication = getattr(app, "authentication", NOBODY)
        self._cookie, self._identify = authentication.cookie.encode(), authentication.identify
        signature = self.parsed_fn_signature.parameters
        path_parameters = {name for path in self.paths for name in _path_parameters(path)}
        self.wants_caller = "caller" in signature
        self._wants_language = "language" in signature
        self._wants_request = "request" in signature
        self.body_type = signature["data"].raw if "data" in signature else None
        self._decoder = msgspec.json.Decoder(self.body_type) if "data" in signature else None
        self.path_parameters = tuple(name for name in signature if name in path_parameters)
        self.query_type = _query_struct(
            self.handler_name,
            {
                name: (field.raw, field.default if field.has_default else msgspec.NODEFAULT)
                for name, field in signature.items()
                if name not in {"caller", "data", "language", "request"} and name not in path_parameters
            },
        )
        self._remembered_query = lru_cache(_REMEMBERED)(self._decoded_query)
        self.unsafe = not self.http_methods <= _SAFE
        self._run: Callable[..., Awaitable[Any]] = self.fn

    async def respond(
        self, scope: HTTPScope, headers: dict[bytes, bytes], receive: Receive, path_parameters: dict[str, Any]
    ) -> "Reply":
        """Answer a request.

        Raises:
            Problem: whatever is wrong with the request, or what the function raised.

        """
        token = bearer_token(headers)
        if self.unsafe and token is None:
            check_origin(headers)
        arguments = self._query_arguments(scope["query_string"])
        caller: Caller | None = None
        if self.wants_caller:
            # A cookie counts only where there's no bearer token, right or wrong.
            token = cookie_value(headers, self._cookie) if token is None else token
            arguments["caller"] = caller = await self._identify(token)
            if caller is None:
                raise Problem(NOT_AUTHENTICATED)
            scope["auth"] = caller
        for name in self.path_parameters:
            value = arguments[name] = path_parameters[name]
            # Litestar takes whatever int() does: +1, 01, 1_0. An id ends its path, in one spelling.
            if not 0 < value <= LARGEST_ID or not scope["path"].endswith(f"/{value}"):
                raise Problem(NOT_FOUND)
        if self._decoder is not None:
            check_content_type(headers.get(b"content-type"), merge_patch="PATCH" in self.http_methods)
            arguments["data"] = decode_json(await read_body(headers, receive, self.body_limit), self._decoder)
        if self._wants_language:
            preferred = caller.preferred_language if caller else None
            arguments["language"] = negotiate(headers.get(b"accept-language"), preferred)
        if self._wants_request:
            arguments["request"] = Request(scope, receive=receive)
        return self._reply(scope, await self._run(**arguments))

    def _query_arguments(self, query_string: bytes) -> dict[str, Any]:
        if len(query_string) > _LONGEST_REMEMBERED:
            return self._decoded_query(query_string)
        return self._remembered_query(query_string).copy()

    def _decoded_query(self, query_string: bytes) -> dict[str, Any]:
        pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, errors="replace")
        return msgspec.structs.asdict(decode_query(pairs, self.query_type))

    def _reply(self, scope: HTTPScope, result: Any) -> "Reply":
        status = self.status_code
        extra: list[tuple[bytes, bytes]] = []
        if isinstance(result, Response):
            status = result.status_code or status
            extra = [(name.lower().encode(), value.encode()) for name, value in result.headers.items()]
            extra += [cookie.to_encoded_header() for cookie in result.cookies]
            result = result.content
        elif status == 201 and (id := getattr(result, "id", None)) is not None:
            extra.append((b"location", f"{scope['path']}/{id}".encode()))
        if status == 204:
            return Reply(status, b"", extra)
        return Reply(status, result if isinstance(result, bytes) else _encode(result), extra)


class Reply(msgspec.Struct, frozen=True, gc=False):
    """What goes out: status, JSON body and the headers beyond those that every answer has."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]


def _query_struct(name: str, parameters: dict[str, tuple[Any, Any]]) -> type[msgspec.Struct]:
    fields = [
        (parameter, kind) if default is msgspec.NODEFAULT else (parameter, kind, default)
        for parameter, (kind, default) in parameters.items()
    ]
    return msgspec.defstruct(name, fields, rename="camel", forbid_unknown_fields=True, kw_only=True)


def _path_parameters(path: str) -> list[str]:
    return [part[1:-1].partition(":")[0] for part in path.split("/") if part.startswith("{")]


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
