"""JSON documents of the activity of an account."""

from datetime import datetime
from typing import Literal

import msgspec

from api.http.schemas import Document, Moment

# The labels of PostgreSQL's enum audit_actor.
Actor = Literal["staff", "user", "system"]


class Activity(Document):
    """What was done to the caller's account, with a sentence for the parent.

    `actor` is who did it: `user`, whoever uses the account; `staff`, our support; or `system`, the service, as when it
    refused somebody. `network` is where a client was, where that is known: 256 addresses of IPv4, or a /48 of IPv6.
    New values of `event` may come.
    """

    id: int
    event: str
    text: str
    actor: Actor
    network: str | None
    happened_at: Moment

    example = {
        "id": 3071,
        "event": "logged_in",
        "text": "Er is ingelogd met je wachtwoord.",
        "actor": "user",
        "network": "192.0.2.0/24",
        "happenedAt": "2026-03-01T19:20:00.123456Z",
    }


class AuditEvent(msgspec.Struct):
    """A row of audit_events; `means` are those of a login."""

    id: int
    happened_at: datetime
    actor_kind: Actor
    event: str
    network: str | None
    means: str | None
