"""Logins and changes that get no further: told the log, the audit trail, and the count that an attack is noticed by."""

from time import monotonic
from typing import Final

from api.auth.networks import client_network
from api.auth.queries import throttles
from api.auth.security_events import Failure, tell

# Seconds.
_WARNING_INTERVAL: Final = 60


async def note_failure(event: Failure, user_id: int | None, *, is_unknown_device: bool = False) -> None:
    """Note what failed at an account, if there is one; of a device that isn't known it counts for the whole service."""
    tell(event, user_id)
    if user_id is None and not is_unknown_device:
        return
    is_attack = await throttles.count_failure(
        user_id=user_id,  # owner: whose account it was tried at
        event=event,
        network=client_network(),
        is_unknown_device=is_unknown_device,
    )
    if is_attack:
        _warnings.warn()


class _Warnings:
    """Tells the operator of an attack, more than 200 refusals above the usual 200 an hour, once a minute at most."""

    def __init__(self) -> None:
        self._next = 0.0

    def warn(self) -> None:
        if monotonic() >= self._next:
            self._next = monotonic() + _WARNING_INTERVAL
            tell("attack_noticed")


_warnings: Final = _Warnings()
