"""Protection against cross-site request forgery."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from api.problems.problem import Problem
from api.problems.types import FORBIDDEN_ORIGIN

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def check_origin(headers: Mapping[bytes, bytes], *, secure: bool) -> None:
    """Refuse calls that a browser sends for a page of another origin; clients other than browsers pass.

    Raises:
        Problem: `forbidden_origin`.

    """
    if not is_own_page(headers, secure=secure):
        raise Problem(FORBIDDEN_ORIGIN)


def is_own_page(headers: Mapping[bytes, bytes], *, secure: bool) -> bool:
    """Whether a call comes from a page of this service, or from no page.

    `Sec-Fetch-Site` decides where a browser sends it: to https and to localhost. Otherwise `Origin`, which comes with
    every unsafe method, has to be the origin of this service, by `Host` or the `X-Forwarded-Host` of a trusted proxy.
    Pages can forge neither.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in {b"same-origin", b"none"}
    origin = headers.get(b"origin")
    if origin is None:
        return True
    hosts = (headers.get(b"host", b""), headers.get(b"x-forwarded-host", b"").partition(b",")[0])
    try:
        return any(_is_of(origin.decode("latin-1"), host.decode("latin-1").strip(), secure=secure) for host in hosts)
    except ValueError:
        return False


def _is_of(origin: str, host: str, *, secure: bool) -> bool:
    """Whether an origin is that of a host.

    A page loaded over http isn't of a service that uses https. The reverse passes, as a proxy may not tell the scheme;
    so a missing port is the default of the page's scheme.
    """
    page, service = urlsplit(origin), urlsplit(f"//{host}")
    if page.scheme not in DEFAULT_PORTS or (secure and page.scheme != "https") or not page.hostname:
        return False
    default = DEFAULT_PORTS[page.scheme]
    return (page.hostname, page.port or default) == (service.hostname, service.port or default)
