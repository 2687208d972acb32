"""Tokens by which an account knows the devices that it has logged in from.

A token proves no more than that; what it's worth is a budget of attempts that nobody else can use up.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

from litestar.datastructures import Cookie

from api.auth.cookies import AnyRequest, is_secure, name_for, value_in
from api.auth.tokens import IssuedToken, token_digest

Device: TypeAlias = IssuedToken

COOKIE: Final = "nestwerk_device"
# Parents who share a browser have a token each, so that none says which accounts belong together.
_ACCOUNTS: Final = 3
_YEAR: Final = 365 * 24 * 60 * 60


def devices(tokens: Iterable[str]) -> list[Device]:
    """Devices of well-formed tokens, as many as a browser keeps."""
    found = ((token, token_digest(token)) for token in list(tokens)[:_ACCOUNTS])
    return [Device(token, digest) for token, digest in found if digest]


def cookie_devices(request: AnyRequest) -> list[Device]:
    """Devices of a browser's cookie."""
    value = value_in(request, COOKIE)
    return devices(value.decode("latin-1").split(".")) if value else []


def device_cookie(device: Device, others: Iterable[Device], request: AnyRequest) -> Cookie:
    """Cookie that keeps a device, and the latest of the others that were in it."""
    tokens = [device.token, *(other.token for other in others if other != device)]
    return Cookie(
        key=name_for(request, COOKIE),
        value=".".join(tokens[:_ACCOUNTS]),
        max_age=_YEAR,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
