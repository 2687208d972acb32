"""Reading migration files, and the mistakes that they can have."""

from pathlib import Path

import pytest

from api.migrations import MigrationError, new_migration, read_migrations
from api.migrations.outside import Outside
from tests.migrations.migration_files import Folder

CREATE_INDEX = "create index concurrently pets_idx on pets (id);\n"
DROP_INDEX = "drop index concurrently if exists pets_idx;\n"
BATCHES = "do $$ begin delete from pets; commit; end $$;\n"
OUTSIDE = "-- transactional: false\n"
NOT_AGAIN = "0002_b.sql: can't be run again after being cut off"
REINDEX = "".join(f"drop index concurrently if exists x_{each};" for each in ("ccnew", "ccold"))
REINDEX += "reindex index concurrently x;"
DETACH, ATTACH = "alter table t detach partition p concurrently;", "alter table t attach partition p for values in (1);"
COPIES = "copies from or to a client, and there is none: write `insert into … values …`"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.add("0001_pets")
    return made


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"0003_b.sql": "select 1"}, "0003_b.sql: number 0002 was expected"),
        ({"0001_b.sql": "select 1"}, "0001_pets.sql: number 0002 was expected"),
        ({"2_b.sql": "select 1"}, "2_b.sql: the name is not like 0001_name.sql"),
        ({"0002_Bad-Name.sql": "select 1"}, "0002_Bad-Name.sql: the name is not like 0001_name.sql"),
        ({"0002_b.SQL.sql": "select 1"}, "0002_b.SQL.sql: the name is not like 0001_name.sql"),
        ({"0002_b.sql": "select 1", "0002_b.rollback.sql": None}, "0002_b.sql: 0002_b.rollback.sql is missing"),
        ({"0002_b.rollback.sql": "select 1"}, "0002_b.rollback.sql: takes back a migration that isn't there"),
        ({"0002_b.sql": ""}, "0002_b.sql: has no statement"),
        ({"0002_b.sql": "-- nothing\n;"}, "0002_b.sql: has no statement"),
        ({"0002_b.sql": "select 1", "0002_b.rollback.sql": "\n"}, "0002_b.rollback.sql: has no statement"),
        ({"0002_b.sql": "-- é\n\nselekt 1"}, '0002_b.sql:3: syntax error at or near "selekt"'),
        ({"0002_b.sql": "select 1;\n\\d\n"}, '0002_b.sql:2: syntax error at or near "\\"'),
        ({"0002_b.sql": "select 1;\0 select 2"}, "0002_b.sql: holds a NUL character"),
        ({"0002_b.sql": b"select '\xe9'"}, "0002_b.sql: is not UTF-8"),
        ({"0002_b.sql": "-- depends: 0003_c\nselect 1"}, "0002_b.sql: depends on 0003_c, which doesn't come before it"),
        ({"0002_b.sql": "-- depends: 0002_b\nselect 1"}, "0002_b.sql: depends on 0002_b, which doesn't come before it"),
        ({"0002_b.sql": "select 1;\nCommit;"}, "0002_b.sql:2: begins or ends a transaction, and runs in one already"),
        ({"0002_b.rollback.sql": "begin", "0002_b.sql": "select 1"}, "0002_b.rollback.sql:1: begins or ends"),
        (
            {"0002_b.sql": "select 1;\n\n-- é\ncopy pets from stdin;"},
            "0002_b.sql:4: copies from or to a client, and there is none: write `insert into … values …`",
        ),
        (
            {"0002_b.sql": "select 1;", "0002_b.rollback.sql": "copy (select 1) to stdout"},
            "0002_b.rollback.sql:1: copies from or to a client",
        ),
        ({"0002_b.sql": "select 1;\n\ncopy pets (id)\n  from stdin;\n1\n2\n\\.\nselekt;"}, f"0002_b.sql:3: {COPIES}"),
        ({"0002_b.sql": "-- transactional: no\nselect 1"}, "0002_b.sql: transactional is true or false, not 'no'"),
        ({"0002_b.sql": OUTSIDE + CREATE_INDEX, "0002_b.rollback.sql": DROP_INDEX}, NOT_AGAIN),
        (
            {"0002_b.sql": OUTSIDE + DROP_INDEX + CREATE_INDEX, "0002_b.rollback.sql": "drop index pets_idx"},
            NOT_AGAIN,
        ),
        (
            {
                "0002_b.sql": OUTSIDE + DROP_INDEX.replace("pets_idx", "other") + CREATE_INDEX,
                "0002_b.rollback.sql": DROP_INDEX,
            },
            NOT_AGAIN,
        ),
        ({"0002_b.sql": OUTSIDE + BATCHES.replace("commit;", "")}, NOT_AGAIN),
        ({"0002_b.sql": OUTSIDE + DROP_INDEX, "0002_b.rollback.sql": CREATE_INDEX}, NOT_AGAIN),
        ({"0002_b.sql": OUTSIDE + "reindex index concurrently x;"}, NOT_AGAIN),
        ({"0002_b.sql": OUTSIDE + REINDEX.replace("_ccold", "_other")}, NOT_AGAIN),
        ({"0002_b.sql": OUTSIDE + DETACH}, NOT_AGAIN),
        ({"0002_b.sql": OUTSIDE + DETACH.replace(" concurrently", ""), "0002_b.rollback.sql": ATTACH}, NOT_AGAIN),
        ({"0002_b.sql": OUTSIDE + BATCHES + "select 1;"}, NOT_AGAIN),
        ({"0002_b.sql": OUTSIDE + BATCHES, "0002_b.rollback.sql": "drop table pets"}, NOT_AGAIN),
    ],
)
def test_refused(folder: Folder, files: dict[str, str | bytes | None], message: str) -> None:
    for name in files:
        if not name.endswith(".rollback.sql"):
            (folder.path / name.replace(".sql", ".rollback.sql")).write_text("select 1")
    for name, content in files.items():
        path = folder.path / name
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(MigrationError) as raised:
        read_migrations(folder.path)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


def test_no_migration_at_all(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="holds no migration"):
        read_migrations(tmp_path)


def test_directives(folder: Folder) -> None:
    folder.add("0002_b", "-- depends: 0001_pets\n-- transactional: false\n" + DROP_INDEX + CREATE_INDEX, DROP_INDEX)
    folder.add("0003_c", OUTSIDE + BATCHES, "select;")
    folder.add("0004_d", OUTSIDE + DROP_INDEX, DROP_INDEX + CREATE_INDEX)
    folder.add("0005_e", OUTSIDE + REINDEX, "select;")
    folder.add("0006_f", OUTSIDE + DETACH, ATTACH)
    read = read_migrations(folder.path)
    assert (read[0].outside, read[0].depends, read[1].depends) == (None, frozenset(), frozenset({"0001_pets"}))
    assert [each.outside for each in read[1:]] == [
        Outside(("pets_idx",)),
        Outside(locks_out=True),
        Outside(("pets_idx",)),
        Outside(("x_ccnew", "x_ccold")),
        Outside(detached=("t", "p")),
    ]


def test_line_endings_and_a_byte_order_mark_make_no_difference_and_anything_else_does(folder: Folder) -> None:
    [before] = read_migrations(folder.path)
    for path in (before.path, before.rollback_path):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_migrations(folder.path) == [before]
    checksums = {before.checksum}
    for path in (before.path, before.rollback_path):
        folder.edit(path.name)
        checksums.add(read_migrations(folder.path)[0].checksum)
    assert len(checksums) == 3


def test_a_new_one_gets_the_next_number_and_has_to_be_written(folder: Folder) -> None:
    apply, rollback = new_migration("add_toys", folder.path)
    assert (apply.name, rollback.name) == ("0002_add_toys.sql", "0002_add_toys.rollback.sql")
    with pytest.raises(MigrationError, match=r"0002_add_toys\.sql: has no statement"):
        read_migrations(folder.path)
    apply.write_text(f"{apply.read_text()}create table toys (id bigint);\n")
    with pytest.raises(MigrationError, match=r"0002_add_toys\.rollback\.sql: has no statement"):
        read_migrations(folder.path)
    rollback.write_text(f"{rollback.read_text()}drop table toys;\n")
    assert [migration.id for migration in read_migrations(folder.path)] == ["0001_pets", "0002_add_toys"]


@pytest.mark.parametrize("name", ["", "Toys", "add-toys", "add toys", "_toys", "toys_", "../toys", "toys\n", "pets"])
def test_a_new_one_is_refused_a_name(folder: Folder, name: str) -> None:
    before = set(folder.path.iterdir())
    with pytest.raises(MigrationError):
        new_migration(name, folder.path)
    assert set(folder.path.iterdir()) == before
