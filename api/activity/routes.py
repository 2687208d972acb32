"""The activity of the caller's account, as a parent reads it."""

from typing import Annotated, Final

from litestar import Router

from api.activity.queries import sql
from api.activity.schemas import Activity, AuditEvent
from api.activity.texts import text_of
from api.auth.schemas import Caller
from api.http.endpoint import get
from api.http.pagination import Keyset
from api.http.schemas import Limit, Page
from api.problems.text import Language

LATEST: Final = Keyset(Activity, "happened_at", "id", descending=True)


@get("/")
async def list_activity(
    caller: Caller, language: Language, limit: Limit = 20, cursor: Annotated[str, LATEST.cursor] | None = None
) -> Page[Activity]:
    """List what was done to the caller's account in the last year, latest first."""
    moment, id = LATEST.after(cursor)
    rows = await sql.list_activity(user_id=caller.user_id, before_happened_at=moment, before_id=id, count=limit + 1)
    return LATEST.page([_activity(row, language) for row in rows], limit)


def _activity(row: AuditEvent, language: Language) -> Activity:
    text = text_of(row.event, row.means).format(language)
    return Activity(row.id, row.event, text, row.actor_kind, row.network, row.happened_at)


router = Router("/api/users/me/activity", route_handlers=[list_activity], tags=["Account"])
