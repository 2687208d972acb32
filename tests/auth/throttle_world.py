"""Attackers and owners who try to log in at any time; passwords aren't hashed.

Time passes by moving what is stored.
"""

from collections.abc import Iterable

from api.auth.failures import note_failure
from api.auth.networks import networks_of
from api.auth.queries import accounts
from api.auth.throttling import charge, login_charges, take_out
from api.database.aliases import Connection
from api.problems.problem import Problem
from tests.auth.logins import pass_time

HOUR = 3600


class World:
    """Attempts from anywhere at any time; passwords aren't hashed."""

    def __init__(self, database: Connection) -> None:
        self.database = database

    async def attempt(self, name: str, address: str, *, right: bool = False, device: bytes = b"") -> int:
        """Seconds to wait for an attempt to log in; 0 if the password is looked at."""
        login = await accounts.get_login(username=name, device_digests=[device])
        charges = login_charges(login, networks_of(address))
        try:
            await charge(charges)
        except Problem as problem:
            return int(problem.headers["Retry-After"])
        if right:
            await take_out(charges)
        else:
            await note_failure("login_refused", login.id, is_unknown_device=login.device_digest is None)
        return 0

    async def guesses(self, hours: float, targets: Iterable[tuple[str, str]], device: bytes = b"") -> int:
        """Guesses that somebody gets looked at who has each target (account, address) tried as soon as it's possible.

        Each hour in steps of three minutes, as no limit but those of whole networks drains faster.
        """
        targets = list(targets)
        checked = 0
        for step in range(round(hours * 20) + 1):
            if step:
                await pass_time(self.database, HOUR / 20)
            for name, address in targets:
                while not await self.attempt(name, address, device=device):
                    checked += 1
        return checked


def ipv4(number: int) -> str:
    """An address in a /24 of its own."""
    return f"20.{number // 250}.{number % 250}.7"


async def known_device(database: Connection, name: str) -> bytes:
    digest = b"%32d" % hash(name)
    await database.execute(
        "with account as ("
        "  insert into users (username, email, password) values ($1, $1 || '@example.org', '$argon2id$x') returning id"
        ") insert into devices (user_id, device_digest, expires_at) select id, $2, now() + '1 day' from account",
        name,
        digest[:32],
    )
    return digest[:32]
