"""What health checks answer."""

from typing import Literal

from msgspec import UNSET, UnsetType

from api.http.schemas import Document


class Backups(Document):
    """Ages in seconds: of the last backup, of the last archived WAL, and of the oldest WAL that still waits for that.

    Null is none.
    """

    last_backup: float | None
    last_wal: float | None
    waiting_wal: float | None


class Health(Document):
    """The service is healthy."""

    status: Literal["ok"]
    backups: Backups | UnsetType = UNSET

    example = {"status": "ok"}
