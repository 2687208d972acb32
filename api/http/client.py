"""The client's address and scheme, also behind trusted proxies."""

import logging
import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

from litestar.types import HTTPScope

logger = logging.getLogger(__name__)

_BRACKETED: Final = re.compile(r"\[([^\]]*)\](?::[0-9]{1,5})?")
_WITH_PORT: Final = re.compile(r"([0-9.]+):[0-9]{1,5}")
# Bytes that are read of a list of hops.
_LONGEST: Final = 2048
# A pair of a Forwarded header, and what comes after it (RFC 7239, section 4).
_PAIR: Final = re.compile(r'[ \t]*([\w!#$%&\'*+.^`|~-]+)=("(?:[^"\\]|\\.)*"|[^ \t;,"]*)[ \t]*(;|,|\Z)', re.ASCII)


class TrustedProxies:
    """Networks of the proxies whose X-Forwarded-For, -Proto and -Host, or Forwarded, are believed."""

    def __init__(self, networks: Sequence[IPv4Network | IPv6Network]) -> None:
        self._networks = networks
        self.is_trusted = lru_cache(1024)(self._lookup)
        self._has_warned = False

    def _lookup(self, address: str) -> bool:
        parsed = parse_address(address)
        return parsed is not None and any(ip_address(parsed) in network for network in self._networks)

    def apply(self, scope: HTTPScope, headers: dict[bytes, bytes]) -> bool:
        """Give a request its client's address and scheme; returns whether that is https.

        The client is the last address in X-Forwarded-For that isn't a trusted proxy: a client can forge those before.
        Forwarded counts for what the X-Forwarded headers don't say. X-Forwarded-Host is left where it's believed.
        """
        # `isdisjoint` would take twice as long.
        if not (
            b"x-forwarded-for" in headers
            or b"x-forwarded-proto" in headers
            or b"forwarded" in headers
            or b"x-forwarded-host" in headers
        ):
            return scope["scheme"] == "https"
        address, secure = self._resolve(scope, headers)
        scope["client"] = (address, 0)
        scope["scheme"] = "https" if secure else "http"
        return secure

    def _resolve(self, scope: HTTPScope, headers: dict[bytes, bytes]) -> tuple[str, bool]:
        """Address of the client, and whether it uses https, by the headers."""
        address = (scope.get("client") or ("unknown", 0))[0]
        secure = scope["scheme"] == "https"
        if not self.is_trusted(address):
            headers.pop(b"x-forwarded-host", None)
            self._warn()
            return address, secure
        elements = _forwarded_elements(headers.get(b"forwarded", b"").decode("latin-1"))
        if elements and (host := elements[0].get("host")):
            headers.setdefault(b"x-forwarded-host", host.encode("latin-1"))
        # The first is the client's own scheme; a client that forges it deceives nobody else.
        scheme = headers.get(b"x-forwarded-proto", b"").decode("latin-1").partition(",")[0]
        if not scheme and elements:
            scheme = elements[0].get("proto", "")
        if scheme:
            secure = scheme.strip().lower() == "https"
        if (listed := headers.get(b"x-forwarded-for")) is not None:
            # A cut one is left out.
            hops = listed[-_LONGEST:].decode("latin-1").split(",")[len(listed) > _LONGEST :]
        else:
            hops = [element.get("for", "") for element in elements]
        for hop in reversed(hops):
            parsed = parse_address(hop.strip())
            if parsed is None:
                break
            address = parsed
            if not self.is_trusted(address):
                break
        return address, secure

    def _warn(self) -> None:
        """Tell the operator, once a process; the address would be a parent's if no proxy is in front."""
        if not self._has_warned:
            self._has_warned = True
            logger.warning(
                "forwarding headers come from an address that isn't trusted, and aren't believed: if a proxy of yours"
                " is in front, add its network to TRUSTED_PROXIES"
            )


def parse_address(text: str) -> str | None:
    """IP address in its usual spelling, without a port, brackets, or IPv6 around IPv4; None if it's none."""
    if match := _BRACKETED.fullmatch(text) or _WITH_PORT.fullmatch(text):
        text = match[1]
    if "%" in text:
        return None
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def _forwarded_elements(header: str) -> list[dict[str, str]]:
    """Elements of a Forwarded header, or none if it's malformed or too long."""
    if len(header) > _LONGEST:
        return []
    elements: list[dict[str, str]] = [{}]
    position = 0
    while position < len(header):
        match = _PAIR.match(header, position)
        if match is None:
            return []
        name, value, separator = match.groups()
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        elements[-1][name.lower()] = value
        if separator == ",":
            elements.append({})
        position = match.end()
    return elements
