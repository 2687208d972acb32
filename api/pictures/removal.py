"""Removes files of pictures that no account shows any more, or that were never finished."""

import logging

from api.pictures.files import files_of
from api.pictures.queries import sql
from api.pictures.storage import storage
from api.problems.problem import Problem

logger = logging.getLogger(__name__)


async def remove_pictures() -> int:
    """Remove the files that may be removed, up to 100 pictures, and return how many that were.

    A picture whose files can't be removed now is tried again in an hour.

    Raises:
        Problem: `storage_unavailable`, or the database is away.

    """
    names = await sql.take_removable_pictures()
    if not names:
        return 0
    await storage.remove([file for name in names for file in files_of(name)])
    return await sql.forget_pictures(names=names)


async def remove_former() -> None:
    """Remove what isn't shown any more; what can't be removed now is removed later by the cleaning."""
    try:
        await remove_pictures()
    except Problem as problem:
        logger.info("pictures are removed later", extra={"event": "pictures_left", "error": problem.type.code})
