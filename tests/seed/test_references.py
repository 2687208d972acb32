"""Rows of a noun that refer to rows of another one: to children, to each other, or to none."""

import io
from collections.abc import Iterator

import psycopg
import pytest

from api.samples import Row, SampleFamily
from api.seed import copying, families
from api.seed.copying import add_families

FAMILIES = 60
# Parties refer to toys, which have to be filled first, and to other parties.
TABLES = """
create table toys (
  id bigint generated always as identity,
  parent_profile_id bigint not null references parent_profiles (id),
  child_id bigint not null,
  primary key (parent_profile_id, id),
  foreign key (parent_profile_id, child_id) references child_profiles (parent_profile_id, id)
);
create table parties (
  id bigint generated always as identity,
  parent_profile_id bigint not null references parent_profiles (id),
  child_id bigint,
  toy_id bigint,
  next_id bigint,
  primary key (parent_profile_id, id),
  foreign key (parent_profile_id, child_id) references child_profiles (parent_profile_id, id),
  foreign key (parent_profile_id, toy_id) references toys (parent_profile_id, id),
  foreign key (parent_profile_id, next_id) references parties (parent_profile_id, id)
)
"""


def toys(_family: SampleFamily) -> list[Row]:
    return [{"child_id": position} for position in range(3)]


def parties(_family: SampleFamily) -> list[Row]:
    # An example may have any number as an id.
    return [{"child_id": 12, "toy_id": 1, "next_id": 12}, {"child_id": None, "toy_id": None, "next_id": None}]


@pytest.fixture
def seeded(migrated: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """Database with families that have toys and parties."""
    makers = {"parties": parties, **families.row_makers(), "toys": toys}
    for module in (copying, families):
        monkeypatch.setattr(module, "row_makers", lambda: makers)
    with psycopg.connect(migrated) as connection:
        connection.execute(TABLES)
        add_families(connection, FAMILIES, FAMILIES, io.StringIO())
        yield connection


def test_positions_become_ids_of_the_same_family(seeded: psycopg.Connection) -> None:
    referring = seeded.execute(
        """
        select (select array_agg(id order by id) from child_profiles as child
                 where child.parent_profile_id = profile.id),
               (select array_agg(child_id order by id) from toys where parent_profile_id = profile.id),
               (select array_agg(id order by id) from toys where parent_profile_id = profile.id),
               (select array_agg(array[child_id, toy_id, next_id] order by id) from parties
                 where parent_profile_id = profile.id)
          from parent_profiles as profile
        """
    ).fetchall()
    assert len(referring) == FAMILIES
    assert {len(children or ()) for children, *_ in referring} >= {0, 1, 2}
    for children, toys_children, toys_ids, parties_ids in referring:
        if children is None:
            # A toy requires a child; a party doesn't require anything.
            assert (toys_children, parties_ids) == (None, [[None, None, None]] * 2)
        else:
            assert toys_children == [children[position % len(children)] for position in range(3)]
            assert parties_ids == [[children[12 % len(children)], toys_ids[1], None], [None, None, None]]
