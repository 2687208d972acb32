"""Profile pictures: made of what the caller sends, and served to whoever is logged in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from litestar import Router

from api.auth.cookies import AnyRequest
from api.auth.schemas import Caller
from api.auth.turns import Turns
from api.database.transactions import deferred
from api.http.answering import EncodedResponse
from api.http.endpoint import delete, post
from api.http.files import get_file
from api.http.uploads import read_file
from api.pictures.facts import PICTURE_TOO_LARGE, STORAGE_UNAVAILABLE, UNREADABLE_PICTURE, UNSUPPORTED_PICTURE
from api.pictures.files import media_type, new_name, small
from api.pictures.making import make_sizes
from api.pictures.queries import sql
from api.pictures.removal import remove_former
from api.pictures.schemas import Picture
from api.pictures.storage import storage
from api.problems.problem import Problem
from api.problems.types import NOT_AUTHENTICATED, NOT_FOUND, TOO_BUSY

FIELD: Final = "profilePicture"
MOST_BYTES: Final = 2 * 1024 * 1024
# Pictures that a worker receives or makes at once, one of each account: their bytes are in its memory. Others wait, and
# not for longer than so many seconds.
_turns: Final = Turns(at_once=16, waiting=8, waiting_of_one=2)
_LONGEST_WAIT: Final = 10
# A file never changes, and is nobody's but who knows its name and is logged in. What it would do as a page is nothing.
_FILE_HEADERS: Final = [
    (b"cache-control", b"private, max-age=31536000, immutable"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


@post(
    "/api/profile/picture",
    status_code=200,
    takes_file=FIELD,
    body_limit=MOST_BYTES,
    problems=[UNSUPPORTED_PICTURE, PICTURE_TOO_LARGE, UNREADABLE_PICTURE, STORAGE_UNAVAILABLE],
    next_operations=["get_user"],
)
async def replace_picture(caller: Caller, request: AnyRequest) -> Picture:
    """Make the caller's picture of a jpeg, png, gif or webp, and remove the one before.

    The middle of it becomes a square webp of 512 pixels, and one of 128 at the same path with `-128.webp` at its end.
    """
    async with _turn(caller.user_id):
        content = await read_file(request, FIELD, MOST_BYTES)
        large, little = await make_sizes(content, caller.user_id)
    name = new_name()
    await sql.add_picture(user_id=caller.user_id, name=name)
    await storage.write(small(name), little)
    await storage.write(name, large)
    path = await sql.show_picture(user_id=caller.user_id, name=name)
    if path is None:
        # The account was removed meanwhile.
        raise Problem(NOT_AUTHENTICATED)
    if not deferred(remove_former):
        await remove_former()
    return Picture(path)


@delete("/api/profile/picture")
async def delete_picture(caller: Caller) -> None:
    """Remove the caller's picture, if there is one."""
    await sql.clear_picture(user_id=caller.user_id)
    await remove_former()


@get_file("/uploads/{file:str}")
async def get_picture(caller: Caller, file: str) -> EncodedResponse:  # noqa: ARG001
    """A file of a picture, for whoever is logged in and knows its name."""
    kind = media_type(file)
    content = await storage.read(file) if kind else None
    if kind is None or content is None:
        raise Problem(NOT_FOUND)
    # What a name stands for never changes.
    etag = f'"{file}"'.encode()
    headers = [*_FILE_HEADERS, (b"etag", etag), (b"content-type", kind)]
    return EncodedResponse(200, content, headers, is_file=True)


@asynccontextmanager
async def _turn(user_id: int) -> AsyncIterator[None]:
    """Turn of an account, within which it sends a picture.

    Raises:
        Problem: `too_busy`.

    """
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(_LONGEST_WAIT):
                await stack.enter_async_context(_turns.turn(str(user_id), str(user_id)))
        except TimeoutError:
            raise Problem(TOO_BUSY) from None
        yield


router = Router("/", route_handlers=[replace_picture, delete_picture, get_picture], tags=["Pictures"])
