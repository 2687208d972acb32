"""The migration that removes copied data from completed onboarding documents."""

import json
from pathlib import Path
from shutil import copy
from typing import Any

import psycopg

from api.migrations import migrate
from api.paths import MIGRATIONS
from tests.onboarding.documents import DOCUMENT

PROFILES = """
with account as (
  insert into users (username, email, password)
  select 'parent ' || n, n || '@example.org', '$argon2id$unusable'
    from generate_series(1, 2100) as n
  returning id
)
insert into parent_profiles (user_id, name, completed_onboarding, onboarding_data)
select id, 'Noor', mod(id, 2) = 0, %s::jsonb
  from account
"""


def test_scrubs_completed_profiles_and_leaves_the_others(empty: str, tmp_path: Path) -> None:
    for path in MIGRATIONS.glob("00[01]?_*.sql"):
        if path.name < "0011":
            copy(path, tmp_path)
    migrate(empty, directory=tmp_path)
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(PROFILES, [json.dumps(DOCUMENT)])
        connection.execute("update parent_profiles set onboarding_data = '{}' where user_id = 2")
        migrate(empty)
        assert documents(connection, "completed_onboarding and user_id <> 2") == [
            ({"basicInfo": {"parentType": "mom"}, "goals": {"supportAreas": ["slapen"]}}, 1049)
        ]
        assert documents(connection, "user_id = 2") == [({}, 1)]
        assert documents(connection, "not completed_onboarding") == [(DOCUMENT, 1050)]


def documents(connection: psycopg.Connection[Any], condition: str) -> list[Any]:
    query = f"select onboarding_data, count(*) from parent_profiles where {condition} group by 1"
    return connection.execute(query.encode()).fetchall()
