"""Without a mail server mails are files, for development."""

import asyncio
import os
import time
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from api.mail.sent_files import SentFiles
from api.mail.transports import KEPT, FileTransport
from tests.mail.queue import Queue, sending


def mails_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_mails_are_files_of_their_own(queue: Queue, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "mail"
    for number in range(3):
        await queue.add(f"{number}-{queue.recipient}")
    async with sending(FileTransport(folder)):
        await queue.until([])
    paths = mails_in(folder)
    assert len(paths) == 3
    assert {path.suffix for path in paths} == {".eml"}
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in paths]
    assert sorted(mail["To"] for mail in mails) == [f"{number}-{queue.recipient}" for number in range(3)]
    # Names sort by time.
    assert [mail["Date"].datetime for mail in mails] == sorted(mail["Date"].datetime for mail in mails)


async def test_files_are_kept_for_a_week(queue: Queue, tmp_path: Path) -> None:
    for name, age in (("old", KEPT + 60), ("young", KEPT - 60)):
        (tmp_path / f"{name}.eml").touch()
        os.utime(tmp_path / f"{name}.eml", (time.time() - age,) * 2)
    await queue.add()
    async with sending(FileTransport(tmp_path)):
        await queue.until([])
    assert not (tmp_path / "old.eml").exists()
    assert len(mails_in(tmp_path)) == 2
    assert (tmp_path / "young.eml").exists()


async def test_those_of_an_account_go_with_it(queue: Queue, tmp_path: Path) -> None:
    others = f"x{queue.recipient}"
    for recipient in (queue.recipient, others, queue.recipient):
        await queue.add(recipient)
    async with sending(FileTransport(tmp_path)):
        await queue.until([])
    (tmp_path / "none.eml").touch()
    files = SentFiles()
    await files.forget(queue.recipient, time.time() + 60)
    files.use(tmp_path)
    await files.forget(queue.recipient, time.time() - 60)
    await files.forget("no address", time.time() + 60)
    assert len(mails_in(tmp_path)) == 4
    await files.forget(queue.recipient, time.time() + 60)
    left = [message_from_bytes(path.read_bytes(), policy=default)["To"] for path in mails_in(tmp_path)]
    assert left == [others, None]


async def test_a_folder_that_is_none_keeps_mails_in_the_queue(queue: Queue, tmp_path: Path) -> None:
    (tmp_path / "mail").touch()
    await queue.add()
    async with sending(FileTransport(tmp_path / "mail")) as sender:
        while sender._failures < 2:
            await asyncio.sleep(0.01)
        (tmp_path / "mail").unlink()
        await queue.until([])
    assert len(mails_in(tmp_path / "mail")) == 1
