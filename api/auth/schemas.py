"""Sessions, logins and callers."""

import msgspec


class Caller(msgspec.Struct, frozen=True, gc=False):
    """Whom a session belongs to.

    `parent_profile_id` is 0 while the user has no profile: no row has that key, so nothing is found and nothing can be
    added.
    """

    user_id: int
    session_id: int
    parent_profile_id: int
    preferred_language: str | None
    seconds_left: float
