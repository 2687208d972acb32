"""The migrations that allow addresses of pictures with a scheme in capitals."""

from pathlib import Path
from shutil import copy

import psycopg

from api.migrations import migrate, rollback
from api.paths import MIGRATIONS


def test_taken_back_addresses_stay_the_same_but_for_their_capitals(empty: str, tmp_path: Path) -> None:
    for path in MIGRATIONS.glob("00[01]?_*.sql"):
        if path.name < "0015":
            copy(path, tmp_path)
    migrate(empty, directory=tmp_path)
    addresses = [None, "https://a/B:c", "HTTPS://Example.org:80/A.png?b://C", "hTTp://b c", "http://"]
    with psycopg.connect(empty, autocommit=True) as connection:
        for number, address in enumerate(addresses):
            connection.execute(
                "insert into users (username, email, password, profile_picture)"
                " values (%(name)s, %(name)s || '@b', '$argon2id$unusable', %(address)s)",
                {"name": str(number), "address": address},
            )
        rollback(empty, directory=tmp_path)
        rollback(empty, directory=tmp_path)
        found = connection.execute("select profile_picture from users order by id").fetchall()
    assert [address for (address,) in found] == [
        None, "https://a/B:c", "https://Example.org:80/A.png?b://C", "http://b c", "http://",
    ]  # fmt: skip
