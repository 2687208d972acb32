"""Forms that a picture is sent with: what is wrong with one is told, and nothing of it is kept."""

import asyncio
import gzip
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.pictures.images import JPEG, PNG, archive, png
from tests.pictures.test_pictures import PATH, files

LIMIT: Final = 2 * 1024 * 1024
TYPE: Final = "multipart/form-data; boundary=B"
END: Final = b"--B--\r\n"


def part(content: bytes = PNG, name: str = "profilePicture", more: str = '; filename="a.png"') -> bytes:
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"


async def kept(database: Connection, parent: Parent, uploads: Path) -> list[Any]:
    """What there is of an account's pictures, and how many files of any."""
    picture = "select profile_picture from users where id = $1"
    number = "select count(*) from pictures where user_id = $1"
    found = [await database.fetchval(sql, parent.user_id) for sql in (picture, number)]
    return [*found, len(files(uploads, ""))]


MISSING: Final = "/profilePicture: ontbreekt"
EMPTY: Final = "/profilePicture: mag niet leeg zijn"
REPEATED: Final = "/profilePicture: mag maar één keer voorkomen"
FORMS: Final = {
    "no field": (END, TYPE, "invalid_body", MISSING),
    "an empty file": (part(b"") + END, TYPE, "invalid_body", EMPTY),
    "twice": (part() + part() + END, TYPE, "invalid_body", REPEATED),
    "another name": (
        part(name="avatar") + END,
        TYPE,
        "invalid_body",
        "/avatar: hoort hier niet; dit mag: profilePicture",
    ),
    "another field too": (part() + part(name="a/b") + END, TYPE, "invalid_body", "/a~1b: hoort hier niet"),
    "no name": (
        b"--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + END,
        TYPE,
        "invalid_body",
        "/: hoort hier niet",
    ),
    "many fields": (part(b"") * 9 + END, TYPE, "invalid_body", REPEATED),
    "no body": (b"", TYPE, "malformed_body", ""),
    "no boundary": (part() + END, "multipart/form-data", "malformed_body", ""),
    "another boundary": (part() + END, f"{TYPE}C", "malformed_body", ""),
    "an endless header": (part(more="; a=" + 9000 * "x") + END, TYPE, "malformed_body", ""),
    "no end": (part(), TYPE, "malformed_body", ""),
    "cut off": (part()[:-9], TYPE, "malformed_body", ""),
    "JSON": (b"{}", "application/json", "multipart_required", ""),
    "no type": (part() + END, "", "multipart_required", ""),
    "mixed": (part() + END, "multipart/mixed; boundary=B", "multipart_required", ""),
    "too large": (part(JPEG + bytes(LIMIT)) + END, TYPE, "body_too_large", "hoogstens 2 MB"),
    "too large around it": (part() + END + bytes(LIMIT + 20_000), TYPE, "body_too_large", "hoogstens 2 MB"),
    "a text": (part(b"hello", more="") + END, TYPE, "unsupported_picture", ""),
    "svg": (part(b'<svg xmlns="http://www.w3.org/2000/svg"/>') + END, TYPE, "unsupported_picture", ""),
    "heic": (part(b"\0\0\0\x18ftypheic" + bytes(99)) + END, TYPE, "unsupported_picture", ""),
    "a bomb": (part(png(30_000, 30_000)) + END, TYPE, "picture_too_large", "24 megapixels"),
    "an archive": (part(PNG + archive()) + END, TYPE, "unreadable_picture", ""),
}


@pytest.mark.parametrize("name", FORMS)
async def test_refuses(name: str, accounts: Accounts, database: Connection, uploads: Path) -> None:
    body, kind, code, says = FORMS[name]
    parent = await accounts.parent()
    before = await kept(database, parent, uploads)
    answers = [
        await parent.client.post(PATH, content=content, headers={"Content-Type": kind})
        # With its length, and without.
        for content in ([body, chunks(body)] if "picture" not in code else [body])
    ]
    for answer in answers:
        problem = answer.json()
        assert problem["code"] == code, problem
        errors = [f"{error['pointer']}: {error['message']}" for error in problem.get("errors", [])]
        assert says in " ".join([problem["message"], *errors])
        assert next(iter(answer.json())) in {"type", "message"}
    assert await kept(database, parent, uploads) == before


async def chunks(body: bytes) -> Any:
    for start in range(0, len(body), 100_000):
        yield body[start : start + 100_000]


async def test_texts_are_in_the_parents_language(accounts: Accounts) -> None:
    parent = await accounts.parent()
    for language, says in (
        ("nl", "Kies een jpeg, png, gif of webp."),
        ("en", "Please choose a jpeg, png, gif or webp."),
    ):
        answer = await parent.client.post(
            PATH, files={"profilePicture": b"hello"}, headers={"Accept-Language": language}
        )
        assert says in answer.json()["message"]


async def test_whatever_is_around_the_file_it_is_taken(accounts: Accounts) -> None:
    parent = await accounts.parent()
    odd = b"--B\r\ncontent-disposition: form-data; name=profilePicture\r\nContent-Type: text/html\r\n\r\n"
    body = b"\r\n" + odd + PNG + b"\r\n--B--\r\nwhatever follows"
    answer = await parent.client.post(PATH, content=body, headers={"Content-Type": 'Multipart/Form-Data; boundary="B"'})
    assert answer.status_code == 200, answer.text


async def test_a_form_of_another_site_or_compressed_is_refused(
    accounts: Accounts, database: Connection, uploads: Path
) -> None:
    parent = await accounts.parent()
    before = await kept(database, parent, uploads)
    parent.client.headers.pop("Authorization")
    cookie = {"Cookie": f"nestwerk_session={parent.token}"}
    for headers, code in (
        ({"Origin": "https://evil.example"}, "forbidden_origin"),
        ({"Sec-Fetch-Site": "cross-site"}, "forbidden_origin"),
        ({"Sec-Fetch-Site": "same-site", "Origin": "null"}, "forbidden_origin"),
        ({"Content-Encoding": "gzip"}, "unsupported_media_type"),
    ):
        content = gzip.compress(part() + END) if "Content-Encoding" in headers else part() + END
        answer = await parent.client.post(PATH, content=content, headers={"Content-Type": TYPE, **cookie, **headers})
        assert answer.json()["code"] == code
    assert await kept(database, parent, uploads) == before


async def opened(parent: Parent, service: str, length: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which half of a form was sent."""
    address = urlsplit(service)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {parent.token}\r\nContent-Type: {TYPE}\r\n"
    )
    writer.write(f"{head}Content-Length: {length}\r\n\r\n".encode() + part()[:60])
    await writer.drain()
    return reader, writer


async def test_a_photo_of_a_phone_is_read_to_its_end(accounts: Accounts, service: str) -> None:
    """Whoever still sent when its connection ended might never read why, as nginx, which would say something else."""
    size = 15 * 1024 * 1024
    reader, writer = await opened(await accounts.parent(), service, size)
    writer.write(bytes(size - 60))
    await writer.drain()
    assert await reader.readline() == b"HTTP/1.1 413 Request Entity Too Large\r\n"
    writer.close()


async def test_a_client_that_goes_away_leaves_nothing_and_one_that_is_slow_holds_up_itself_alone(
    accounts: Accounts, database: Connection, uploads: Path, service: str
) -> None:
    slow, other = await accounts.parent(), await accounts.parent()
    before = await kept(database, slow, uploads)
    connections = [await opened(slow, service, 1000) for _ in range(10)]
    # One is received and two wait, on each of two workers; the others are refused at once.
    answers = asyncio.as_completed([reader.readline() for reader, _ in connections], timeout=5)
    assert {await next(answers) for _ in range(4)} == {b"HTTP/1.1 503 Service Unavailable\r\n"}
    assert (await other.client.post(PATH, files={"profilePicture": PNG})).status_code == 200
    for _, writer in connections:
        writer.close()
    assert (await kept(database, slow, uploads))[:2] == before[:2]
    # Its places are free again.
    async with asyncio.timeout(5):
        while (await slow.client.post(PATH, files={"profilePicture": b"x"})).status_code != 415:
            await asyncio.sleep(0.05)
