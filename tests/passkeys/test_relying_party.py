"""The host and origin that passkeys are bound to, by PUBLIC_URL."""

import pytest

from api.passkeys.relying_party import RelyingParty


@pytest.mark.parametrize(
    ("url", "id", "origin"),
    [
        ("https://app.example.org", "app.example.org", "https://app.example.org"),
        ("https://App.Example.org:443", "app.example.org", "https://app.example.org"),
        ("http://localhost:80", "localhost", "http://localhost"),
        ("http://localhost:8000", "localhost", "http://localhost:8000"),
        ("https://localhost:80", "localhost", "https://localhost:80"),
        ("http://[::1]:8000", "::1", "http://[::1]:8000"),
    ],
)
def test_both_are_as_browsers_write_them(url: str, id: str, origin: str) -> None:
    party = RelyingParty()
    party.configure(url)
    assert (party.id, party.origin) == (id, origin)
