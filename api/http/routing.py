"""Finds the endpoint of a request."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from litestar._asgi.asgi_router import ASGIRouter
from litestar.exceptions import NotFoundException
from litestar.types import HTTPScope
from litestar.utils import normalize_path

from api.http.endpoint import Endpoint
from api.http.schemas import LARGEST_ID

# Digits of an id that is found at once; the largest one has one more.
_DIGITS: Final = 18

# An endpoint, or None if it isn't one that answers; parameters in the path; and the path's template.
Route = tuple[Endpoint | None, Mapping[str, Any], str]


class Routes:
    """Litestar's routes; those whose path is fixed, or ends with an id, are found at once when they were found before.

    Litestar remembers 1,024 paths, which are few where they hold ids, and takes 4 microseconds for another one.
    """

    def __init__(self, router: ASGIRouter) -> None:
        self._router = router
        # By path, or what is before the id; of each method.
        self._fixed: defaultdict[str, dict[str, Route]] = defaultdict(dict)
        self._with_id: defaultdict[str, dict[str, tuple[Endpoint, str, str]]] = defaultdict(dict)

    def find(self, scope: HTTPScope) -> Route:
        """Find the route of a request.

        Raises:
            HTTPException: there is none.

        """
        method, path = scope["method"], scope["path"]
        if (fixed := self._fixed[method].get(path)) is not None:
            return fixed
        before, _, last = path.rpartition("/")
        if (with_id := self._with_id[method].get(before)) is not None and _is_id(last):
            endpoint, name, template = with_id
            return endpoint, {name: int(last)}, template
        return self._look_up(scope)

    def _look_up(self, scope: HTTPScope) -> Route:
        method, path = scope["method"], scope["path"]
        if path[-1:] == "/" or "//" in path:
            scope["path"] = path = normalize_path(path)
        _, handler, _, parameters, template = self._router.handle_routing(path=path, method=method)
        if not isinstance(handler, Endpoint):
            return None, parameters, template
        for name in handler.path_ids:
            # Litestar accepts all that int() does (+1, 01, 1_0); an id has one spelling.
            spelling = f"/{parameters[name]}"
            if not 0 < parameters[name] <= LARGEST_ID or not (path.endswith(spelling) or f"{spelling}/" in path):
                raise NotFoundException
        if not parameters:
            self._fixed[method][path] = handler, parameters, template
        elif len(parameters) == 1 and handler.path_ids and template.endswith("}"):
            before, _, last = path.rpartition("/")
            if _is_id(last):
                self._with_id[method][before] = handler, handler.path_ids[0], template
        return handler, parameters, template


def _is_id(text: str) -> bool:
    return text.isdigit() and text[0] != "0" and len(text) <= _DIGITS and text.isascii()
