"""Holding back who guesses passwords: by account and by address, counted in PostgreSQL for all workers together."""

import hashlib
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, ip_address, ip_network

from api.auth.queries import throttles
from api.http.problems import Problem


@asynccontextmanager
async def throttled(username: str, address: str) -> AsyncIterator[None]:
    """Count an attempt to log in; it's forgiven when the block ends well.

    Raises:
        Problem: `too_many_attempts`, before the block is entered.

    """
    subjects = {"account": _account(username), "address": _address(address)}
    seconds = await throttles.count_login_attempt(**subjects)
    if seconds:
        raise Problem("too_many_attempts", retry_after=seconds)
    yield
    await throttles.forgive_login_attempt(**subjects)
    await throttles.remove_stale_throttles()


def _account(username: str) -> str:
    # Of one length, and no name of a stranger in the table.
    folded = unicodedata.normalize("NFKC", username).casefold()
    return f"account:{hashlib.sha256(folded.encode('utf-8', 'replace')).hexdigest()}"


def _address(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "address:unknown"
    if isinstance(parsed, IPv6Address):
        # A household has a network of 2^64 addresses to itself.
        return f"address:{ip_network((parsed, 64), strict=False)}"
    return f"address:{parsed}"
