"""Throttling of password guesses by account and by address; PostgreSQL counts them for all workers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, IPv6Network, ip_address

from api.auth.facts import TOO_MANY_ATTEMPTS
from api.auth.passwords import PasswordsBusy
from api.auth.queries import throttles
from api.problems.problem import Problem


@asynccontextmanager
async def throttled(username: str, address: str) -> AsyncIterator[None]:
    """Count an attempt to log in; if the block succeeds, this one and the account's earlier failures are forgiven.

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
        # The password wasn't checked.
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
        # A household has a /64 to itself; on a dual-stack socket an IPv4 address looks like part of one.
        return str(parsed.ipv4_mapped or IPv6Network((int(parsed), 64), strict=False))
    return str(parsed)
