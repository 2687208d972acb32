"""`just activity`: who waits for whom, by the names of the statements, and never a value."""

import threading
from argparse import Namespace

import psycopg
import pytest

from api.commands import activity
from api.settings import Settings
from tests.commands.running import run, wait_for_session

UPDATE = "update /* mend_a_pet */ pets set name = 'zebra' where id = 1"


@pytest.fixture
def pets(empty: str) -> str:
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("create table pets (id int primary key, name text)")
        connection.execute("insert into pets values (1, 'horse')")
    return empty


def shown(dsn: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert activity.run(Namespace(every=None), Settings(database_url=dsn)) == 0
    return capsys.readouterr().out.splitlines()


def test_who_waits_for_whom(pets: str, capsys: pytest.CaptureFixture[str]) -> None:
    with (
        psycopg.connect(pets) as first,
        psycopg.connect(pets) as second,
        psycopg.connect(pets, autocommit=True) as idle,
    ):
        first.execute(UPDATE.encode())
        waiting = threading.Thread(target=lambda: second.execute(UPDATE.encode()))
        waiting.start()
        blocked, blocker = second.info.backend_pid, first.info.backend_pid
        wait_for_session(idle, f"pid = {blocked} and wait_event_type = 'Lock'")
        head, waits, holds, *rest = shown(pets, capsys)
        first.rollback()
        waiting.join()
    assert head.split() == ["pid", "role", "state", "s", "of", "trans.", "statement", "waits", "for"]
    assert waits.split()[:3] == [str(blocked), "postgres", "active"]
    assert waits.endswith(f"  mend_a_pet                        {blocker} (mend_a_pet, idle in transaction)")
    assert holds.split()[0] == str(blocker)
    assert holds.endswith("mend_a_pet")
    assert rest == ["idle sessions: 1"]
    assert "zebra" not in f"{waits}{holds}"


def test_a_statement_without_a_name_is_its_first_word(pets: str, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(pets) as connection:
        connection.execute("Select 'zebra', id from pets")
        line = shown(pets, capsys)[1]
    assert line.split()[-1] == "select"


def test_hidden_sessions(pets: str, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(pets, autocommit=True) as connection:
        connection.execute("create role onlooker login")
        try:
            lines = shown(pets.replace("postgres@", "onlooker@"), capsys)
        finally:
            connection.execute("drop role onlooker")
    assert lines[1] == "idle sessions: 0"
    allow = "to see them, run as a superuser: grant pg_read_all_stats to onlooker;"
    assert lines[2:] == [f"sessions of other roles that onlooker may not see: 1; {allow}"]


def test_again_and_again(pets: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    waits = iter([None])

    def sleep(seconds: int) -> None:
        assert seconds == 2
        if next(waits, seconds):
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    assert run(monkeypatch, pets, "activity", "--every", "2") == 130
    assert capsys.readouterr().out.count("idle sessions: 0\n") == 2
