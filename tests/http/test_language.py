import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http.language import negotiate_language
from api.problems.text import LANGUAGES, Language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "nl"),
        (b"", "nl"),
        (b"en", "en"),
        (b"en-GB", "en"),
        (b"EN-gb", "en"),
        (b"nl-BE,en;q=0.9", "nl"),
        (b"en-GB,en;q=0.9,nl;q=0.8", "en"),
        (b"nl;q=0.5, en;q=0.6", "en"),
        (b"nl;q=0.5 , en ; q=0.4", "nl"),
        (b"en;q=0.1", "en"),
        (b"fr, de;q=0.9", "nl"),
        (b"fr, en;q=0.1", "en"),
        (b"*", "nl"),
        (b"en, *", "en"),
        (b"*;q=0.8, en;q=0.5", "nl"),
        (b"nl;q=0.2, *;q=0.5", "en"),
        (b"nl;q=0", "en"),
        (b"nl;q=0, en;q=0", "nl"),
        (b"en;q=0, *", "nl"),
        (b"en, nl", "en"),
        (b"nl, en", "nl"),
        (b"en;q=0.3, nl;q=0.5, en-US", "en"),
        (b"english", "nl"),
    ],
)
def test_accept_language(header: bytes | None, language: Language) -> None:
    assert negotiate_language(header) == language
    assert negotiate_language(header and header.decode()) == language


@pytest.mark.parametrize(
    "header", [b"en;q=2", b"en;q=-1", b"en;q=high", b"en;q=0.1234", b"en q=1", b";q=1", b",,,", b"\xff\xfe", b"en_GB"]
)
def test_a_malformed_range_is_ignored(header: bytes) -> None:
    assert negotiate_language(header) == "nl"
    assert negotiate_language(header + b", en;q=0.1") == "en"


@pytest.mark.parametrize(
    ("header", "preferred", "language"),
    [
        (None, "en", "en"),
        (None, "en-GB", "en"),
        (None, "fr", "nl"),
        (None, None, "nl"),
        (b"nl", "en", "nl"),
        (b"fr", "en", "en"),
        (b"*", "en", "en"),
        (b"en;q=0", "en", "nl"),
    ],
)
def test_the_header_wins_over_the_profile_and_the_profile_over_dutch(
    header: bytes | None, preferred: str | None, language: Language
) -> None:
    assert negotiate_language(header, preferred) == language


@given(st.binary() | st.text(), st.none() | st.text())
def test_any_header_gives_a_language(header: bytes | str, preferred: str | None) -> None:
    assert negotiate_language(header, preferred) in LANGUAGES
