"""The client behind proxies: addresses with ports, in brackets, in Forwarded; and who isn't believed."""

import logging
from ipaddress import ip_network
from itertools import count
from typing import Any, Final

import httpx
import pytest

from api.database.aliases import Connection
from api.http.client import TrustedProxies, parse_address
from tests.accounts import Accounts
from tests.auth.logins import credentials, log_in, new_address, new_name, shut_out_network

_hosts: Final = count(1)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("203.0.113.5:51234", "203.0.113.5"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("[::ffff:203.0.113.5]:80", "203.0.113.5"),
        ("203.0.113.5:", None),
        ("203.0.113.5:x", None),
        ("[203.0.113.5", None),
        ("2001:db8::1]", None),
        ("fe80::1%eth0", None),
        ("_hidden", None),
        ("unknown", None),
        ("", None),
    ],
)
def test_addresses(text: str, address: str | None) -> None:
    assert parse_address(text) == address


def resolve(headers: dict[str, str], peer: str = "127.0.0.1") -> tuple[tuple[str, bool], dict[bytes, bytes]]:
    proxies = TrustedProxies([ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48")])
    raw = {name.lower().encode(): value.encode() for name, value in headers.items()}
    scope: Any = {"client": (peer, 1), "scheme": "http"}
    secure = proxies.apply(scope, raw)
    return (scope["client"][0], secure), raw


@pytest.mark.parametrize(
    ("headers", "address", "secure"),
    [
        ({"Forwarded": "for=203.0.113.5"}, "203.0.113.5", False),
        ({"Forwarded": 'for="[2001:db8::1]:443";proto=https;by=10.0.0.1'}, "2001:db8::1", True),
        ({"Forwarded": 'For="203.0.113.5:80" ; Proto=HTTPS, for=10.1.2.3'}, "203.0.113.5", True),
        ({"Forwarded": "for=192.0.2.1, for=203.0.113.5, for=10.0.0.1"}, "203.0.113.5", False),
        # An address in a quoted value doesn't end its element.
        ({"Forwarded": 'for=203.0.113.5;ext="a, for=192.0.2.1"'}, "203.0.113.5", False),
        ({"Forwarded": "for=_hidden"}, "127.0.0.1", False),
        ({"Forwarded": "for=203.0.113.5;;=, x"}, "127.0.0.1", False),
        ({"Forwarded": 'for="203.0.113.5'}, "127.0.0.1", False),
        # What the X-Forwarded headers say comes before Forwarded.
        ({"Forwarded": "for=192.0.2.1;proto=https", "X-Forwarded-For": "203.0.113.5"}, "203.0.113.5", True),
        ({"Forwarded": "for=203.0.113.5;proto=https", "X-Forwarded-Proto": "http"}, "203.0.113.5", False),
        ({"X-Forwarded-For": "192.0.2.1, 203.0.113.5:51234, 10.0.0.1:99"}, "203.0.113.5", False),
        ({"X-Forwarded-For": "[2001:db8::1]:443, [2001:db8:ffff::1]:443"}, "2001:db8::1", False),
        ({"X-Forwarded-For": "nobody, 10.0.0.1"}, "10.0.0.1", False),
    ],
)
def test_the_client_is_the_last_that_is_no_proxy(headers: dict[str, str], address: str, secure: bool) -> None:
    assert resolve(headers)[0] == (address, secure)
    assert resolve(headers, "::ffff:127.0.0.1")[0][1] == secure


def test_an_untrusted_peer_is_not_believed_and_the_operator_told_once(caplog: pytest.LogCaptureFixture) -> None:
    headers = {
        "Forwarded": "for=192.0.2.1;proto=https",
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "app.example",
    }
    with caplog.at_level(logging.WARNING):
        resolved, left = resolve(headers, "203.0.113.5")
        assert resolved == ("203.0.113.5", False)
        assert b"x-forwarded-host" not in left
        proxies = TrustedProxies([])
        scope: Any = {"client": ("203.0.113.5", 1), "scheme": "http"}
        caplog.clear()
        for _ in range(3):
            proxies.apply(scope, {b"x-forwarded-for": b"192.0.2.1"})
    [message] = caplog.messages
    assert "TRUSTED_PROXIES" in message
    assert "203.0.113.5" not in message


@pytest.mark.parametrize("form", ["{}:51234", "[{}]:443", "[{}]"])
async def test_logins_are_counted_by_address_whatever_its_port(
    form: str, client: httpx.AsyncClient, database: Connection
) -> None:
    address = new_address()
    if form.startswith("{"):
        address = f"198.18.0.{next(_hosts)}"
    await shut_out_network(database, address)
    assert (await log_in(client, new_name(), "fout", address=form.format(address))).status_code == 429
    lines = {"Forwarded": f'for="{form.format(address)}"'}
    assert (await client.post("/api/login", json=credentials(new_name(), "fout"), headers=lines)).status_code == 429


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        # The default ports may be left out or not, and case means nothing.
        ({"Host": "app.example:443", "Origin": "https://app.example"}, 201),
        ({"Host": "APP.example", "Origin": "https://app.example:443"}, 201),
        ({"Host": "app.example:80", "Origin": "http://app.example"}, 201),
        ({"Host": "app.example:8443", "Origin": "https://app.example"}, 403),
        ({"Host": "app.example", "Origin": "https://app.example:8443"}, 403),
        ({"Host": "app.example", "Origin": "ftp://app.example"}, 403),
        ({"Host": "app.example", "Origin": "https://app.example.evil.example"}, 403),
        # A proxy may keep the scheme to itself; but a page over http isn't of a service on https.
        ({"Host": "app.example", "Origin": "https://app.example"}, 201),
        ({"Host": "app.example", "Origin": "http://app.example", "X-Forwarded-Proto": "https"}, 403),
        # nginx names its upstream in Host, unless told otherwise.
        ({"Host": "127.0.0.1:8000", "Origin": "https://app.example"}, 403),
        ({"Host": "127.0.0.1:8000", "Origin": "https://app.example", "X-Forwarded-Host": "app.example"}, 201),
        ({"Host": "upstream", "Origin": "https://evil.example", "X-Forwarded-Host": "app.example"}, 403),
        ({"Host": "upstream", "Origin": "https://app.example", "Forwarded": 'for=unknown;host="app.example:443"'}, 201),
        ({"Host": "upstream", "Origin": "https://evil.example", "Forwarded": "host=app.example"}, 403),
        # Sec-Fetch-Site decides where it is sent.
        ({"Host": "upstream", "Origin": "https://app.example", "Sec-Fetch-Site": "same-origin"}, 201),
        ({"Host": "app.example", "Origin": "https://app.example", "Sec-Fetch-Site": "same-site"}, 403),
    ],
)
async def test_origins(headers: dict[str, str], status: int, client: httpx.AsyncClient, accounts: Accounts) -> None:
    cookie = {"Cookie": f"nestwerk_session={(await accounts.parent()).token}"}
    answer = await client.post("/api/child-profiles", json={"name": "Bram", "age": 3}, headers=cookie | headers)
    assert answer.status_code == status
