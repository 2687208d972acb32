"""Routes as they are declared: what a decorator and its function's signature say, for routing and the documentation."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar._kwargs import KwargsModel
from litestar.handlers import HTTPRouteHandler

from api.http.conditional import content_tag
from api.problems.types import ProblemType

BODY_LIMIT: Final = 64 * 1024

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Declaration(HTTPRouteHandler):
    """A route handler that doesn't answer yet.

    Its function may ask for `caller` (then a session is needed), `data` (the JSON body, decoded and checked),
    `language`, `request`, an id in the path, a text in it, and parameters of the query.
    """

    def __init__(  # noqa: PLR0913
        self,
        path: str,
        *,
        body_limit: int = BODY_LIMIT,
        problems: Sequence[ProblemType] = (),
        next_operations: Sequence[str] = (),
        other_status: int | None = None,
        sets_cookie: bool = False,
        takes_session: bool = False,
        takes_file: str | None = None,
        needs_database: bool = True,
        is_streamed: bool = False,
        tag: Callable[[Any, bytes], bytes] | None = None,
        **options: Any,
    ) -> None:
        """Declare a route; `body_limit` is in bytes. `tag` makes the entity tag of a result and its body.

        Without one, reads have a tag of their bytes, and others none, as has an answer that is streamed. `sets_cookie`
        says that the response sets a cookie, the one with `other_status` if there are two; `takes_session` that a
        session is optional; `takes_file` names the field of the form whose file the function reads.

        The rest is for the documentation: `problems` are those that the function raises; `next_operations` names
        functions that a client may call next; `other_status` is another one that a success may have; `needs_database`
        says that the function uses the database.
        """
        super().__init__(path, **options)
        self.body_limit = body_limit
        self.problems = tuple(problems)
        self.next_operations = tuple(next_operations)
        self.other_status = other_status
        self.sets_cookie = sets_cookie
        self.takes_session = takes_session
        self.takes_file = takes_file
        self.needs_database = needs_database
        self.is_streamed = is_streamed
        self.tag = tag

    def create_kwargs_model(self, path_parameters: Iterable[str]) -> KwargsModel:  # noqa: ARG002
        """Model without arguments: an Endpoint reads its own."""
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
        signature = self.parsed_fn_signature.parameters
        path_parameters = {name for path in self.paths for name in _path_parameters(path)}
        self.wants_caller = "caller" in signature
        self.wants_language = "language" in signature
        self.wants_request = "request" in signature
        self.wants_condition = "condition" in signature
        self.body_type = signature["data"].raw if "data" in signature else None
        self.path_parameters = tuple(name for name in signature if name in path_parameters)
        self.path_texts = tuple(name for name in self.path_parameters if signature[name].raw is str)
        self.path_ids = tuple(name for name in self.path_parameters if name not in self.path_texts)
        self.query_type = _query_struct(
            self.handler_name,
            {
                name: (field.raw, field.default if field.has_default else msgspec.NODEFAULT)
                for name, field in signature.items()
                if name not in {"caller", "condition", "data", "language", "request"} and name not in path_parameters
            },
        )
        self.unsafe = not self.http_methods <= _SAFE_METHODS
        self.may_be_old = self.needs_database and not self.unsafe
        self.gives_tag = self.tag is not None or self.wants_condition or not (self.unsafe or self.is_streamed)
        self.is_put = "PUT" in self.http_methods
        if self.tag is None and self.gives_tag and not self.unsafe:
            self.tag = content_tag
        self.takes_key = "POST" in self.http_methods


def _query_struct(name: str, parameters: dict[str, tuple[Any, Any]]) -> type[msgspec.Struct]:
    fields = [
        (parameter, kind) if default is msgspec.NODEFAULT else (parameter, kind, default)
        for parameter, (kind, default) in parameters.items()
    ]
    return msgspec.defstruct(name, fields, rename="camel", forbid_unknown_fields=True, kw_only=True)


def _path_parameters(path: str) -> list[str]:
    return [part[1:-1].partition(":")[0] for part in path.split("/") if part.startswith("{")]
