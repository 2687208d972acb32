"""Cookies of a request, by the names that they have over its scheme."""

from typing import Any, TypeAlias

from litestar import Request

from api.auth.caller import COOKIE
from api.http.authentication import cookie_name, cookie_value, session_cookie
from api.http.headers import request_headers

AnyRequest: TypeAlias = Request[Any, Any, Any]


def is_secure(request: AnyRequest) -> bool:
    """Whether the client uses https."""
    return bool(request.scope["scheme"] == "https")


def name_for(request: AnyRequest, cookie: str) -> str:
    """Name that a cookie has in requests like this one."""
    return cookie_name(cookie, secure=is_secure(request))


def value_in(request: AnyRequest, cookie: str) -> bytes | None:
    """Value of a cookie, or None."""
    return cookie_value(request_headers(request.scope), name_for(request, cookie).encode())


def session_header(token: str, seconds: int, request: AnyRequest) -> dict[str, str]:
    """Header that has a browser keep a session's token for some seconds, or forget it at once."""
    return {"Set-Cookie": session_cookie(name_for(request, COOKIE), token, seconds, secure=is_secure(request))}
