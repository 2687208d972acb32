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
        (
            "write `case when :patch ? 'development_notes' then … end`:"
            " with `coalesce` a null can't clear child_profiles.development_notes"
        ),
    ),
    (
        "update_parent_profile",
        "bio = case when $1::jsonb ? 'bio' then patched.bio else profile.bio end",
        "bio = coalesce(patched.bio, profile.bio)",
        "write `case when :patch ? 'bio' then … end`: with `coalesce` a null can't clear parent_profiles.bio",
    ),
    (
        "put_parent_profile",
        "bio = excluded.bio",
        "bio = coalesce(excluded.bio, parent_profiles.bio)",
        "write `case when :profile ? 'bio' then … end`: with `coalesce` a null can't clear parent_profiles.bio",
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
