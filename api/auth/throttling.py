"""Holding back who guesses passwords: by account and by address, counted in PostgreSQL for all workers together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, IPv6Network, ip_address

from api.auth.facts import TOO_MANY_ATTEMPTS
from api.auth.passwords import PasswordsBusy
from api.auth.queries import throttles
from api.problems.problem import Problem


@asynccontextmanager
async def throttled(username: str, address: str) -> AsyncIterator[None]:
    """Count an attempt to log in; it's forgiven when the block ends well, with what was wrong before for the account.

    Raises:
        Problem: `too_many_attempts`, before the block is entered.

    """
    network = _network(address)
    seconds = await throttles.count_login_attempt(username=username, address=network)
    if seconds is not None:
        raise Problem(TOO_MANY_ATTEMPTS, retry_after=seconds)
    try:
        yield
    except PasswordsBusy:
        # Nobody looked at the password.
        await throttles.take_back_login_attempt(username=username, address=network, forgive=False)
        raise
    await throttles.take_back_login_attempt(username=username, address=network, forgive=True)
    await throttles.remove_stale_throttles()


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        # A household has a network of 2^64 addresses to itself. An IPv4 client looks like one on a socket for both.
        return str(parsed.ipv4_mapped or IPv6Network((int(parsed), 64), strict=False))
    return str(parsed)
