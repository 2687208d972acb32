"""Session tokens and their digests."""

import hashlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth.tokens import new_token, token_digest

TOKENS = st.builds(new_token)
URL_SAFE = string.ascii_letters + string.digits + "-_"


def test_a_token_is_its_prefix_and_url_safe_characters() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {51}
    assert {token[:3] for token in tokens} == {"nw_"}
    assert set("".join(tokens)) == set(URL_SAFE)


@given(TOKENS)
def test_the_digest_is_the_sha256_of_the_token(token: str) -> None:
    assert token_digest(token) == token_digest(token.encode()) == hashlib.sha256(token.encode()).digest()


@given(st.text(st.characters()) | st.binary() | st.binary(min_size=48, max_size=48).map(b"nw_".__add__))
def test_a_malformed_token_has_no_digest(junk: str | bytes) -> None:
    assert token_digest(junk) is None


@given(TOKENS, st.integers(0, 50), st.characters())
def test_one_changed_character_leaves_no_digest(token: str, position: int, character: str) -> None:
    changed = token[:position] + character + token[position + 1 :]
    assert (token_digest(changed) is None) == (changed != token)


@pytest.mark.parametrize("position", range(51))
def test_the_checksum_covers_every_character(position: int) -> None:
    token = new_token()
    for character in URL_SAFE:
        changed = token[:position] + character + token[position + 1 :]
        assert (token_digest(changed) is None) == (changed != token)


@given(TOKENS, st.integers(0, 51), st.text(st.characters(), min_size=1, max_size=3))
def test_a_longer_or_shorter_token_has_no_digest(token: str, position: int, more: str) -> None:
    assert token_digest(token[:position] + more + token[position:]) is None
    assert token_digest(token[:position]) == (token_digest(token) if position == 51 else None)


@pytest.mark.parametrize("other", ["+/", "==", "%3D", "\n", " "])
def test_a_token_has_one_spelling(other: str) -> None:
    token = new_token()
    while not {"-", "_"} <= set(token[3:]):
        token = new_token()
    respelled = token[:3] + token[3:].replace("-", other[0]).replace("_", other[-1])
    assert token_digest(respelled) is None
    assert token_digest(token + other) is None
