"""All that is known of an account and its family, as a file to keep."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

from litestar import Response, Router

from api.auth.cookies import AnyRequest
from api.auth.facts import TOO_MANY_ATTEMPTS
from api.auth.schemas import Caller
from api.auth.security_events import tell
from api.auth.throttling import charge, export_charges
from api.exports.document import export
from api.exports.schemas import Export
from api.http.endpoint import get


@get("/export", is_streamed=True, problems=[TOO_MANY_ATTEMPTS])
async def export_account(caller: Caller, request: AnyRequest) -> Response[Export]:
    """All that is known of the account and its family, as a file; five times an hour.

    An answer that ends too early, without its last chunk, isn't whole.
    """
    document: AsyncGenerator[bytes]
    if request.method == "HEAD":
        document = _nothing()
    else:
        await charge(export_charges(caller.user_id), caller.user_id)
        document = await export(caller)
        tell("exported", caller.user_id)
    content: Any = document
    name = f"nestwerk-{datetime.now(UTC):%Y-%m-%d}.json"
    return Response(content, headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def _nothing() -> AsyncGenerator[bytes]:
    """The body of an answer to HEAD."""
    return
    yield


router = Router("/api/users/me", route_handlers=[export_account], tags=["Account"])
