"""Keyset pagination: a cursor names the last row seen, so rows that come or go meanwhile shift nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Protocol, TypeVar

from api.http.schemas import LARGEST_ID, Page
from api.problems.problem import Problem


class Keyed(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=Keyed)


def after(cursor: str | None) -> int:
    """Id of the last row that the client has seen; 0 for the first page.

    Raises:
        Problem: `invalid_cursor`, for anything that `page` didn't make.

    """
    if cursor is None:
        return 0
    try:
        last = int.from_bytes(urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except ValueError:
        raise Problem("invalid_cursor") from None
    if not 0 < last <= LARGEST_ID or _cursor(last) != cursor:
        raise Problem("invalid_cursor")
    return last


def page(rows: list[Row], limit: int) -> Page[Row]:
    """Page of at most `limit` items out of rows that were asked for with one more than that."""
    if len(rows) <= limit:
        return Page(rows, None)
    items = rows[:limit]
    return Page(items, _cursor(items[-1].id))


def _cursor(id: int) -> str:
    return urlsafe_b64encode(id.to_bytes(8)).rstrip(b"=").decode("ascii")
