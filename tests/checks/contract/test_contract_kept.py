"""Columns that a payload is to replace, and elements of parameters that go nowhere: planted faults are named."""

import copy
from typing import Final

import msgspec

from api.app import load_routers
from api.checks.contract.catalog import read_catalog
from api.checks.contract.check import describe, faults_of
from api.database.aliases import Connection
from api.database.queries import bound_queries

load_routers()

# A statement, what of it becomes what, and what is said of that.
PLANTED: Final = [
    (
        "update_child_profile",
        """case
                             when wanted.patch ? 'development_notes' then patched.development_notes
                             else child.development_notes
                           end""",
        "coalesce(patched.development_notes, child.development_notes)",
        "write `case when :patch ? 'development_notes' then … end`: a null can't clear child_profiles.development",
    ),
    (
        "update_parent_profile",
        "bio = case when $1::jsonb ? 'bio' then patched.bio else profile.bio end",
        "bio = coalesce(patched.bio, profile.bio)",
        "write `case when :patch ? 'bio' then … end`: a null can't clear parent_profiles.bio",
    ),
    (
        "put_parent_profile",
        "bio = excluded.bio",
        "bio = coalesce(excluded.bio, parent_profiles.bio)",
        "write `case when :profile ? 'bio' then … end`: a null can't clear parent_profiles.bio",
    ),
    *(
        (
            "update_parent_profile",
            "bio = case when $1::jsonb ? 'bio' then patched.bio else profile.bio end",
            f"bio = {expression}",
            "write `case when :patch ? 'bio' then … end`: a null can't clear parent_profiles.bio",
        )
        for expression in (
            "case when patched.bio is not null then patched.bio else profile.bio end",
            "case when patched.bio is null then profile.bio else patched.bio end",
            "case when $1::jsonb ? 'bio' and patched.bio is not null then patched.bio else profile.bio end",
            "case when not ($1::jsonb ? 'bio') or patched.bio is null then profile.bio else patched.bio end",
            "case when $1::jsonb ? 'bio' then coalesce(patched.bio, profile.bio) else profile.bio end",
            "case when patched.bio <> '' then patched.bio else profile.bio end",
            "greatest(patched.bio, profile.bio)",
            "coalesce(($1::jsonb ->> 'bio')::text, profile.bio)",
            "coalesce(nullif(patched.bio, ''), profile.bio)",
        )
    ),
    *(
        (
            "put_parent_profile",
            "bio = excluded.bio",
            f"bio = {expression}",
            "write `case when :profile ? 'bio' then … end`: a null can't clear parent_profiles.bio",
        )
        for expression in (
            "case when excluded.bio is null then parent_profiles.bio else excluded.bio end",
            "case when excluded.bio is not null then excluded.bio else parent_profiles.bio end",
        )
    ),
    (
        "put_parent_profile",
        "bio = excluded.bio",
        "bio = case when excluded.bio is null then parent_profiles.bio else parent_profiles.bio end",
        "write the field bio of :profile to parent_profiles.bio: it keeps what it has",
    ),
    (
        "put_parent_profile",
        "bio = excluded.bio",
        "bio = parent_profiles.bio",
        "write the field bio of :profile to parent_profiles.bio: it keeps what it has",
    ),
    (
        "put_parent_profile",
        "bio = excluded.bio,",
        "",
        "parent_profiles.bio isn't given the field bio of :profile: write it too",
    ),
    (
        "save_library_embeddings",
        "given.digest, given.embedding::halfvec(3072)",
        "given.digest, null::halfvec(3072)",
        "column embedding goes nowhere: use it, or leave it out",
    ),
    (
        "fill_limits",
        "capacity * interval '1 second' as capacity",
        "interval '1 hour' as capacity",
        "column capacity goes nowhere: use it, or leave it out",
    ),
]


async def test_planted_faults_are_named(database: Connection) -> None:
    catalog = await read_catalog(database)
    queries = {query.statement.name: query for query in bound_queries()}
    unnamed = []
    for name, old, new, said in PLANTED:
        query = copy.copy(queries[name])
        text = query.statement.text
        if old not in text:
            unnamed.append((name, old, text))
            continue
        text = text.replace(old, new, 1).replace("   and given.embedding is not null\n", "")
        query.statement = msgspec.structs.replace(query.statement, text=text)
        found = [fault.what for fault in faults_of(catalog, query, await describe(database, query))]
        if not any(what.startswith(said) for what in found):
            unnamed.append((name, said, "\n".join(found)))
    assert unnamed == []


# What of the same statements may be written otherwise.
RIGHT: Final = [
    (
        "update_parent_profile",
        "bio = case when $1::jsonb ? 'bio' then patched.bio else profile.bio end",
        f"bio = {expression}",
    )
    for expression in (
        "case when not ($1::jsonb ? 'bio') then profile.bio else patched.bio end",
        "case $1::jsonb ? 'bio' when true then patched.bio else profile.bio end",
        "case when $1::jsonb ? 'bio' and patched.bio <> '' then patched.bio when $1::jsonb ? 'bio' then null end",
        "case when $1::jsonb ? 'bio' then nullif(patched.bio, '') else profile.bio end",
        "case when $1::jsonb ? 'bio' then btrim(patched.bio) else profile.bio end",
    )
]


async def test_right_assignments_are_accepted(database: Connection) -> None:
    catalog = await read_catalog(database)
    queries = {query.statement.name: query for query in bound_queries()}
    for name, old, new in RIGHT:
        query = copy.copy(queries[name])
        assert old in query.statement.text
        query.statement = msgspec.structs.replace(query.statement, text=query.statement.text.replace(old, new, 1))
        assert list(faults_of(catalog, query, await describe(database, query))) == [], new
