"""Kinds of mails: a feature registers what composes its mails, which is called when one is sent.

A token is made then, so none stands in the queue, and who queues a mail needn't know whether there's anything to say:

    @mail_kind("password_reset")
    async def compose(mail: QueuedMail) -> Message | None: ...
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from api.problems.text import Language, Text

T = TypeVar("T")


class Link(msgspec.Struct, frozen=True):
    """A link to a page of ours, below PUBLIC_URL; `path` begins with a slash."""

    label: str
    path: str


class Message(msgspec.Struct, frozen=True):
    """What a mail says: plain texts, one a paragraph, and links; text and HTML are made of it."""

    subject: str
    paragraphs: tuple[str | Link, ...]


class QueuedMail(msgspec.Struct, gc=False):
    """A mail that a worker has taken from the queue; `attempts` counts this one."""

    id: int
    user_id: int | None
    kind: str
    recipient: str
    language: Language
    parameters: msgspec.Raw
    attempts: int
    created_at: datetime

    def read_parameters(self, type: type[T]) -> T:
        """What was queued with it, as a type.

        Raises:
            msgspec.ValidationError: it isn't of that type.

        """
        return msgspec.json.decode(self.parameters, type=type)

    def message(self, subject: Text, *paragraphs: Text | Link, **parameters: object) -> Message:
        """A message in its language, with the texts' parameters filled in."""
        return Message(
            subject.format(self.language, **parameters),
            tuple(each if isinstance(each, Link) else each.format(self.language, **parameters) for each in paragraphs),
        )


# Composes a mail of a kind, at each attempt anew; None if there is nothing to say, and the mail is dropped.
Compose = Callable[[QueuedMail], Awaitable[Message | None]]

KINDS: Final[dict[str, Compose]] = {}


def mail_kind(kind: str) -> Callable[[Compose], Compose]:
    """Register what composes the mails of a kind."""

    def register(compose: Compose) -> Compose:
        if kind in KINDS:
            raise ValueError(f"{kind}: two parts of the service compose mails of this kind")
        KINDS[kind] = compose
        return compose

    return register
