"""Hashing and verification of passwords."""

import hashlib
import sys
import unicodedata
from typing import Literal

import argon2
import pytest
from argon2 import low_level
from argon2.exceptions import VerifyMismatchError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.auth.passwords import Verification, hash_password, verify_password
from tests.auth.former_hashes import SALT, former_hash

ANY_TEXT = st.text(st.characters(), max_size=300)
JSON_TEXT = st.text(max_size=300)
# Hashes of "correct horse"; Node.js made the second one.
ARGON2 = "$argon2id$v=19$m=19456,t=2,p=1$bmVzdHdlcmsgc2FsdCAxNg$sXmDZ86TRUvMcpg3onxl5snYd4Kacb3b2tnrAqShzNc"
SCRYPT = (
    "f6503180133c5866a0128d169a19873afdbe5d33e24508f3b243b7741c46d31c"
    "530643354185fd3e12ee10a516c8c2fa8973269f6e827512500f8aaf9649182b.0123456789abcdef0123456789abcdef"
)
# Few examples, as hashing takes tens of milliseconds.
slow = settings(max_examples=8, deadline=None)


def test_known_hashes_match() -> None:
    assert verify_password("correct horse", ARGON2) == Verification(matches=True, rehash=False)
    assert verify_password("correct horse", SCRYPT) == Verification(matches=True, rehash=True)


def test_a_hash_is_argon2id_of_19_mib_two_passes_one_lane_with_a_salt_of_its_own() -> None:
    first, second = hash_password("correct horse"), hash_password("correct horse")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


@slow
@given(ANY_TEXT)
@example("correct\0")
@example("\ud800")
def test_any_text_matches_its_own_hash_and_no_other(password: str) -> None:
    stored = hash_password(password)
    assert verify_password(password, stored) == Verification(matches=True, rehash=False)
    assert verify_password(f"{password}.", stored) == Verification(matches=False)


@slow
@example("correct\0", SALT)
@example("", SALT)
@given(JSON_TEXT, st.from_regex(r"[0-9a-f]{32}", fullmatch=True))
def test_an_old_hash_matches_only_its_password_and_needs_rehashing(password: str, salt: str) -> None:
    stored = former_hash(password, salt)
    assert verify_password(password, stored) == Verification(matches=True, rehash=True)
    assert verify_password(f"{password}.", stored) == Verification(matches=False)


@pytest.mark.parametrize(
    "hasher",
    [
        pytest.param(argon2.PasswordHasher(1, 19456, 1), id="passes"),
        pytest.param(argon2.PasswordHasher(2, 64, 1), id="memory"),
        pytest.param(argon2.PasswordHasher(2, 19456, 2), id="lanes"),
        pytest.param(argon2.PasswordHasher(2, 19456, 1, hash_len=16), id="length"),
    ],
)
def test_a_hash_with_other_parameters_needs_rehashing(hasher: argon2.PasswordHasher) -> None:
    stored = hasher.hash("correct horse")
    assert verify_password("correct horse", stored) == Verification(matches=True, rehash=True)
    assert verify_password("wrong horse", stored) == Verification(matches=False)


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "",
        "correct horse",
        "$argon2id$",
        "$argon2id$unusable",
        "$argon2id$v=19$m=19456,t=2,p=1$é$é",
        "$argon2id$v=19$m=x,t=2,p=1$c29tZXNhbHQ$aGFzaA",
        "$argon2id$v=19$m=19456,t=2,p=1$$",
        ARGON2[:-1],
        f"{ARGON2}\n",
        SCRYPT[1:],
        SCRYPT[:-1],
        SCRYPT.upper(),
        f"{SCRYPT}\n",
        f".{SALT}",
        "\ud800",
    ],
)
def test_a_text_that_is_no_hash_matches_nothing(stored: str | None) -> None:
    assert verify_password("correct horse", stored) == Verification(matches=False)


@slow
@given(ANY_TEXT | ANY_TEXT.map("$argon2id$v=19$m=8,t=1,p=1$".__add__))
def test_any_stored_text_may_be_checked(stored: str) -> None:
    assert verify_password("correct horse", stored) == Verification(matches=False)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(None, id="unknown user"),
        pytest.param(ARGON2, id="argon2"),
        pytest.param(SCRYPT, id="scrypt"),
        pytest.param("$argon2id$unusable", id="no hash"),
    ],
)
def test_a_failure_takes_one_argon2_and_one_scrypt(monkeypatch: pytest.MonkeyPatch, stored: str | None) -> None:
    work: list[str] = []
    hashlib_scrypt = hashlib.scrypt

    def counted_hash(**arguments: object) -> bytes:
        work.append(f"argon2 {arguments['memory_cost']} {arguments['time_cost']} {arguments['parallelism']}")
        return low_level.hash_secret(**arguments)  # type: ignore[arg-type]

    def counted_verify(hash: bytes, *arguments: object) -> bool:
        try:
            return low_level.verify_secret(hash, *arguments)  # type: ignore[arg-type]
        except VerifyMismatchError:
            parameters = argon2.extract_parameters(hash.decode())
            work.append(f"argon2 {parameters.memory_cost} {parameters.time_cost} {parameters.parallelism}")
            raise

    def counted_scrypt(*arguments: object, **options: object) -> bytes:
        work.append(f"scrypt {options['n']} {options['r']} {options['p']}")
        return hashlib_scrypt(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("argon2._password_hasher.hash_secret", counted_hash)
    monkeypatch.setattr("argon2._password_hasher.verify_secret", counted_verify)
    monkeypatch.setattr(hashlib, "scrypt", counted_scrypt)
    assert not verify_password("wrong horse", stored)
    assert sorted(work) == ["argon2 19456 2 1", "scrypt 16384 8 1"]


def test_composed_and_decomposed_accents_and_all_spaces_are_one_password() -> None:
    spaces = [chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)) == "Zs"]
    composed = unicodedata.normalize("NFC", f"réservé{' ' * len(spaces)}Ångström")
    decomposed = unicodedata.normalize("NFD", f"réservé{''.join(spaces)}Ångström")
    assert composed != decomposed
    assert verify_password(decomposed, hash_password(composed))
    assert verify_password(composed, hash_password(decomposed))


@pytest.mark.parametrize("other", ["Financial plan", "financial plan ", "ﬁnancial plan", "\uff46inancial plan"])
def test_letter_case_outer_spaces_and_compatibility_forms_differ(other: str) -> None:
    assert not verify_password(other, hash_password("financial plan"))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_old_hash_is_of_the_unprepared_password(form: Literal["NFC", "NFD"]) -> None:
    came = unicodedata.normalize(form, "réservé\u00a0Ångström")
    assert verify_password(came, former_hash(came)) == Verification(matches=True, rehash=True)


def test_a_verification_is_false_without_a_match() -> None:
    assert Verification(matches=True)
    assert not Verification(matches=False)
