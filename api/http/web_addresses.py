"""Addresses on the web that clients send."""

import re
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import urlsplit

# Characters that an address has to percent-encode, and that could end it where it is written into a page.
_UNSAFE: Final = frozenset(" \"'<>\\^`{|}")
_LONGEST_NAME: Final = 253
_NAME: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.|\Z))+", re.IGNORECASE)
_BRACKETED: Final = re.compile(r"\[([0-9a-f:.]+)\](?::[0-9]*)?", re.IGNORECASE)


def is_web_address(text: str) -> bool:
    """Whether a text is an absolute http or https URL with a host, and without user name and password.

    Letters of any script are taken; white space, control characters, quotes and backslashes are not.
    """
    # The parser drops tabs and newlines, so characters are checked first.
    if not text.isprintable() or not _UNSAFE.isdisjoint(text):
        return False
    try:
        url = urlsplit(text)
        _ = url.port  # is parsed only here
        return url.scheme in {"http", "https"} and "@" not in url.netloc and _is_host(url.netloc, url.hostname or "")
    except ValueError:
        return False


def _is_host(netloc: str, host: str) -> bool:
    """Whether `host` is a name or an IP address; raises ValueError for some of those that aren't."""
    if "[" in netloc:
        bracketed = _BRACKETED.fullmatch(netloc)
        return bracketed is not None and IPv6Address(bracketed[1]).version == 6
    if len(host) > _LONGEST_NAME:
        return False
    name = host.encode("idna").decode("ascii")
    if name.rstrip(".").rpartition(".")[2].isdigit():
        return IPv4Address(name).version == 4
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None
