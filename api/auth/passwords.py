"""Hashing and verification of passwords, off the event loop."""

import asyncio
import hashlib
import hmac
import os
import re
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from threading import get_native_id
from typing import Final, TypeVar, TypeVarTuple

import argon2
import msgspec
from argon2.exceptions import Argon2Error, VerifyMismatchError

from api.auth.networks import Networks
from api.auth.turns import Turns
from api.metrics import Reading

_Arguments = TypeVarTuple("_Arguments")
_Result = TypeVar("_Result")

ARGON2_MEMORY_KIB: Final = 19 * 1024
ARGON2_PASSES: Final = 2
ARGON2_LANES: Final = 1
_ARGON2: Final = argon2.PasswordHasher(
    time_cost=ARGON2_PASSES, memory_cost=ARGON2_MEMORY_KIB, parallelism=ARGON2_LANES, type=argon2.Type.ID
)

# Hashes of the previous system: hex(scrypt(password, salt)) + "." + salt, with the salt's text as its bytes.
_SCRYPT: Final = re.compile(r"([0-9a-f]{128})\.([0-9a-f]{32})")
_SCRYPT_MEMORY_LIMIT: Final = 32 * 1024 * 1024
_NO_SALT: Final = "0" * 32

# Unicode's space separators, which RFC 8265 maps to ASCII's space.
_SPACES: Final = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")

THREADS: Final = min(os.cpu_count() or 1, 2)
# While some hash, others ask PostgreSQL.
TURNS: Final = THREADS + 2
WAITING: Final = 64
WAITING_OF_ONE: Final = 32
# Of the threads, on Linux: the event loop, which takes microseconds at a time, goes before them, and yet other work
# doesn't starve logins. With four wrong passwords at a time on two cores, the loop's lag (p99) fell from 14 to 10 ms,
# and from 40 to 9 where other processes wanted the cores too, with 5 as with more. In an hour that wants more than the
# cores have, others waited for a third as long as with 5 (p50 of 0.2 and 0.3 s in place of 0.7 and 1.2).
NICENESS: Final = 10


class Verification(msgspec.Struct, frozen=True):
    """Whether a password matches a hash, and whether the hash is outdated and should be replaced.

    Its truth value is `matches`.
    """

    matches: bool
    rehash: bool = False

    def __bool__(self) -> bool:
        return self.matches


class PasswordHasher:
    """Hashes and checks passwords in a few threads; whoever wants that waits for a turn.

    Argon2 and scrypt release Python's lock, so the event loop goes on meanwhile.
    """

    def __init__(self, *, turns: int = TURNS, waiting: int = WAITING, waiting_of_one: int = WAITING_OF_ONE) -> None:
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords", initializer=_give_way)
        self._turns = Turns(at_once=turns, waiting=waiting, waiting_of_one=waiting_of_one)

    def turn(self, networks: Networks) -> AbstractAsyncContextManager[None]:
        """Turn of a client of these networks, within which it hashes and checks passwords.

        Raises:
            Problem: `too_busy`, if too many wait.

        """
        return self._turns.turn(networks.own, networks.wide)

    def reading(self) -> Reading:
        """What the metrics say of the queue."""
        return Reading(
            "nestwerk_password_waiting_requests",
            "Requests that wait for their turn to hash or check a password.",
            (),
            lambda: {(): len(self._turns)},
        )

    async def hash(self, password: str) -> str:
        """Argon2id string of a password."""
        return await self._run(hash_password, password)

    async def verify(self, password: str, stored: str | None) -> Verification:
        """Check a password against the stored hash of an account, or None for an account that does not exist."""
        return await self._run(verify_password, password, stored)

    async def _run(self, work: Callable[[*_Arguments], _Result], *arguments: *_Arguments) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)


def _give_way() -> None:
    """Lower the priority of this thread alone, which Linux can do."""
    if sys.platform == "linux":
        thread = get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)


# One in each process: its threads bound the memory and the cores that hashing takes.
password_hasher: Final = PasswordHasher()


def hash_password(password: str) -> str:
    """Argon2id string of a password; takes about 20 ms of a core, and 19 MiB."""
    return _ARGON2.hash(_prepared(password))


def verify_password(password: str, stored: str | None) -> Verification:
    """Verify a password against a stored hash of Argon2id or scrypt; any other text matches nothing.

    Every failure takes one Argon2id and one scrypt, so that its time reveals neither whether the account exists nor
    which hash it has.
    """
    legacy = _SCRYPT.fullmatch(stored or "")
    if legacy:
        digest, salt = legacy.groups()
        if hmac.compare_digest(_scrypt(password, salt), digest):
            return Verification(matches=True, rehash=True)
        hash_password(password)
        return Verification(matches=False)
    if _matches_argon2(password, stored or ""):
        return Verification(matches=True, rehash=_ARGON2.check_needs_rehash(stored or ""))
    _scrypt(password, _NO_SALT)
    return Verification(matches=False)


def _matches_argon2(password: str, stored: str) -> bool:
    try:
        return _ARGON2.verify(stored, _prepared(password))
    except VerifyMismatchError:
        return False
    except (Argon2Error, ValueError):
        # Not a hash, so Argon2 hasn't done its work yet.
        hash_password(password)
        return False


def _scrypt(password: str, salt: str) -> str:
    # The previous system hashed passwords as they were typed, without RFC 8265.
    return hashlib.scrypt(
        _encoded(password), salt=salt.encode(), n=16384, r=8, p=1, maxmem=_SCRYPT_MEMORY_LIMIT, dklen=64
    ).hex()


def _prepared(password: str) -> bytes:
    """OpaqueString of RFC 8265: a password is the same however a keyboard composes accents and spaces."""
    return _encoded(unicodedata.normalize("NFC", password.translate(_SPACES)))


def _encoded(text: str) -> bytes:
    # A lone surrogate would be a wrong password, not a crash; JSON bodies have none.
    return text.encode("utf-8", "surrogatepass")
