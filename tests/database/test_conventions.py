"""The conventions of the schema, held against the catalog of a migrated database."""

from typing import Final

import pytest

from api.database.aliases import Connection

# Tables that yoyo makes for itself.
TABLES: Final = """
select c.oid, c.relname::text as name
  from pg_class as c
 where c.relnamespace = 'public'::regnamespace
   and c.relkind = 'r'
   and c.relname not like '%yoyo%'
   and not exists (select from pg_depend as d where d.objid = c.oid and d.deptype = 'e')
"""
CLASSES: Final = {"personal", "health-related", "secret", "operational"}


@pytest.fixture
async def schema(database: Connection) -> Connection:
    await database.execute(f"create temporary view our_tables as {TABLES}")
    # Tables of other tests.
    await database.execute("drop table if exists merged_counters")
    return database


async def test_every_table_and_column_has_a_comment_and_a_class(schema: Connection) -> None:
    bare = await schema.fetch("select name from our_tables where coalesce(obj_description(oid, 'pg_class'), '') = ''")
    assert bare == []
    columns = await schema.fetch(
        "select t.name, a.attname, substring(col_description(t.oid, a.attnum) from '^\\[(.*?)\\] .+') as class"
        " from our_tables as t join pg_attribute as a on a.attrelid = t.oid"
        " where a.attnum > 0 and not a.attisdropped"
    )
    assert columns
    assert [tuple(row) for row in columns if row["class"] not in CLASSES] == []


async def test_names_of_constraints(schema: Connection) -> None:
    rows = await schema.fetch(
        "select t.name, c.conname, c.contype,"
        " (select array_agg(a.attname::text order by k.n) from unnest(c.conkey) with ordinality as k (attnum, n)"
        "   join pg_attribute as a on a.attrelid = t.oid and a.attnum = k.attnum) as columns"
        " from our_tables as t join pg_constraint as c on c.conrelid = t.oid where c.contype in ('p', 'u', 'f', 'c')"
    )
    assert rows
    for name, constraint, kind, columns in rows:
        expected = {
            b"p": {f"{name}_pkey"},
            b"u": {f"{name}_{'_'.join(columns or ())}_key"},
            b"f": {f"{name}_{'_'.join(columns or ())}_fkey"},
            # A check of several columns is named for the one it guards.
            b"c": {f"{name}_{column}_check" for column in columns or ()},
        }[kind]
        assert constraint in expected


async def test_names_of_indexes(schema: Connection) -> None:
    rows = await schema.fetch(
        "select t.name, i.relname::text as index, x.indisunique from our_tables as t"
        " join pg_index as x on x.indrelid = t.oid join pg_class as i on i.oid = x.indexrelid"
    )
    for name, index, unique in rows:
        assert index.startswith(f"{name}_")
        assert index.endswith(("_pkey", "_key") if unique else "_idx")


async def test_every_foreign_key_says_what_happens_on_delete_and_has_an_index(schema: Connection) -> None:
    keys = await schema.fetch(
        "select c.conname, c.confdeltype, exists (select from pg_index as x where x.indrelid = c.conrelid"
        "   and x.indpred is null and (x.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey) as covered"
        " from our_tables as t join pg_constraint as c on c.conrelid = t.oid where c.contype = 'f'"
    )
    assert keys
    assert [row["conname"] for row in keys if row["confdeltype"] == b"a" or not row["covered"]] == []


async def test_types(schema: Connection) -> None:
    rows = await schema.fetch(
        "select t.name, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attidentity,"
        " pg_get_constraintdef(c.oid) as checks"
        " from our_tables as t join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped"
        " left join pg_constraint as c on c.conrelid = t.oid and c.contype = 'c' and a.attnum = any (c.conkey)"
    )
    checks: dict[tuple[str, str, str], list[str]] = {}
    for name, column, type_, identity, check in rows:
        checks.setdefault((name, column, type_), []).append(check or "")
        if column == "id":
            assert (type_, bool(identity)) == ("bigint", True), name
    for (name, column, type_), texts in checks.items():
        where = f"{name}.{column}"
        text = " ".join(texts)
        assert type_ not in {"timestamp without time zone", "json", "character varying", "serial"}, where
        if type_ == "text" and name != "migration_checksums":
            assert "length(" in text or "{0,49}" in text, where
        if type_ == "text[]":
            assert "is_text_list(" in text, where
        if type_ == "jsonb":
            assert "jsonb_typeof(" in text, where


async def test_updated_at_follows_every_update(schema: Connection) -> None:
    lacking = await schema.fetch(
        "select t.name from our_tables as t join pg_attribute as a on a.attrelid = t.oid and a.attname = 'updated_at'"
        " where not exists (select from pg_trigger as g join pg_proc as p on p.oid = g.tgfoid"
        "   where g.tgrelid = t.oid and p.proname = 'set_updated_at')"
    )
    assert lacking == []


async def test_a_completed_profile_has_a_name(schema: Connection) -> None:
    check = await schema.fetchval(
        "select pg_get_constraintdef(oid) from pg_constraint"
        " where conname = 'parent_profiles_completed_onboarding_check'"
    )
    assert "completed_onboarding" in check
    assert "name" in check
