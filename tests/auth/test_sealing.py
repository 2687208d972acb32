"""Secrets that are encrypted with a key outside of the database."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex

import pytest

from api.auth.sealing import Sealing
from api.problems.problem import Problem
from api.setting_values import SettingsError


def sealing(given: Path | None, own: Path) -> Sealing:
    made = Sealing()
    made.configure(given, own)
    return made


def key_file(path: Path, *keys: str) -> Path:
    path.write_text("\n".join(keys))
    return path


def test_the_key_is_made_when_it_is_first_needed_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret.key"
    first = sealing(None, path)
    assert not path.exists()
    sealed = first.seal(b"secret", "totp:1")
    assert b"secret" not in sealed
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret.key"]
    assert sealing(None, path).open(sealed, "totp:1") == b"secret"
    assert first.seal(b"secret", "totp:1") != sealed


def test_workers_that_make_it_at_once_have_the_same(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    workers = [sealing(None, path) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        sealed = list(threads.map(lambda each: each.seal(b"secret", "totp:1"), workers))
    assert [workers[0].open(each, "totp:1") for each in sealed] == [b"secret"] * 8


def test_the_first_key_encrypts_and_all_decrypt(tmp_path: Path) -> None:
    old, new = token_hex(32), token_hex(32)
    before = sealing(key_file(tmp_path / "old", old), tmp_path / "none").seal(b"secret", "totp:1")
    both = sealing(key_file(tmp_path / "both", new, old), tmp_path / "none")
    after = both.seal(b"secret", "totp:1")
    assert [both.open(each, "totp:1") for each in (before, after)] == [b"secret"] * 2
    only_new = sealing(key_file(tmp_path / "new", new.upper()), tmp_path / "none")
    assert only_new.open(after, "totp:1") == b"secret"
    with pytest.raises(Problem):
        only_new.open(before, "totp:1")
    assert not (tmp_path / "none").exists()


def test_what_is_moved_or_changed_is_not_opened_and_the_log_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = sealing(None, tmp_path / "secret.key")
    sealed = made.seal(b"secret", "totp:1")
    other = sealing(None, tmp_path / "other.key").seal(b"secret", "totp:1")
    for wrong, purpose, event in (
        (sealed, "totp:2", "secret_changed"),
        (sealed[:-1], "totp:1", "secret_changed"),
        (sealed[:16], "totp:1", "secret_changed"),
        (other, "totp:1", "secret_key_missing"),
        (b"", "totp:1", "secret_key_missing"),
    ):
        caplog.clear()
        with caplog.at_level(logging.ERROR), pytest.raises(Problem) as raised:
            made.open(wrong, purpose)
        assert raised.value.type.code == "internal_error"
        assert [vars(record)["event"] for record in caplog.records] == [event]


@pytest.mark.parametrize("text", ["", "\n", "00", "0" * 63, "0" * 65, "g" * 64, f"{'0' * 64}\nx", "é"])
def test_a_file_without_keys_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"^SECRET_KEY_FILE='.*/key' (is not lines of 64|can't be read)") as raised:
        sealing(tmp_path / "key", tmp_path / "none")
    assert "g" * 64 not in str(raised.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read: No such file"):
        sealing(tmp_path / "key", tmp_path / "none")
