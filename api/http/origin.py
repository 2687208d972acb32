"""Protection against cross-site request forgery."""

from urllib.parse import urlsplit

from api.problems.problem import Problem
from api.problems.types import FORBIDDEN_ORIGIN


def check_origin(headers: dict[bytes, bytes]) -> None:
    """Refuse calls that a browser sends for a page of another origin; clients other than browsers pass.

    Browsers send `Sec-Fetch-Site`, and `Origin` with every unsafe method; pages can forge neither.

    Raises:
        Problem: `forbidden_origin`.

    """
    site = headers.get(b"sec-fetch-site")
    if site is not None and site not in {b"same-origin", b"none"}:
        raise Problem(FORBIDDEN_ORIGIN)
    origin = headers.get(b"origin")
    if origin is None:
        return
    try:
        netloc = urlsplit(origin.decode("latin-1")).netloc
    except ValueError:
        netloc = ""
    if not netloc or netloc.lower() != headers.get(b"host", b"").decode("latin-1").lower():
        raise Problem(FORBIDDEN_ORIGIN)
