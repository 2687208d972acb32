"""Facts of the activity of accounts, for checks, seed and documentation."""

from datetime import UTC, datetime
from typing import Final, get_args

from api.activity.texts import ByStaff, Known
from api.auth.security_events import Failure
from api.facts import Facts, Words
from api.http.schemas import LARGEST_ID

# The service acts where it refuses somebody, or where it isn't known who asked.
_ACTORS: Final = {
    **dict.fromkeys(get_args(Known), "user"),
    **dict.fromkeys(get_args(ByStaff), "staff"),
    **dict.fromkeys((*get_args(Failure), "password_reset_asked"), "system"),
}

FACTS: Final = Facts(
    words={"audit_events.event": Words("actor_kind", _ACTORS)},
    examples={
        "before_happened_at": lambda _: datetime.max.replace(tzinfo=UTC),
        "before_id": LARGEST_ID,
    },
)
