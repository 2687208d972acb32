"""TLS to PostgreSQL: `sslmode` of DATABASE_URL is kept to, and what isn't protected is said."""

import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from api.database.connections import connect
from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer
from api.postgres.preflight import preflight
from api.postgres.server_checks import PreflightError
from tests.conftest import free_port
from tests.postgres.tls_proxy import tls_proxy


def own_address() -> str | None:
    """An address of this machine that isn't loopback, if it has one; nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if address.startswith("127.") else address


ADDRESS = own_address()
beyond_loopback = pytest.mark.skipif(ADDRESS is None, reason="this machine has no address but loopback")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def root(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of the authority's certificate."""
    path = tmp_path_factory.mktemp("tls") / "root.crt"
    authority.cert_pem.write_to_path(str(path))
    return path


def context_for(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def tls(cluster: EmbeddedServer, dsn: str, authority: trustme.CA) -> Iterator[str]:
    """Address of a server with TLS, whose certificate is for its address."""
    assert dsn
    host = ADDRESS or "127.0.0.1"
    with tls_proxy(cluster.service_dsn, host, context_for(authority, host)) as address:
        yield address


@pytest.fixture(scope="module")
def plain(cluster: EmbeddedServer, dsn: str) -> Iterator[str]:
    """Address of a server without TLS."""
    assert dsn
    with tls_proxy(cluster.service_dsn, ADDRESS or "127.0.0.1", None) as address:
        yield address


async def is_encrypted(dsn: str) -> bool:
    connection = await connect(dsn)
    try:
        return connection._transport.get_extra_info("ssl_object") is not None  # type: ignore[attr-defined]
    finally:
        await connection.close()


@beyond_loopback
@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (
            "?sslmode=prefer",
            "is encrypted, but its certificate is not verified, so it may be anybody's; add sslmode=verify-full",
        ),
        ("?sslmode=require", "is encrypted, but its certificate is not verified"),
        ("?sslmode=disable", "is not encrypted: whoever is on the way can read and change it; add sslmode=verify-full"),
    ],
)
async def test_what_is_not_protected_is_said_in_one_line(tls: str, mode: str, said: str) -> None:
    [remark] = preflight(tls + mode)
    assert remark.startswith(f"the connection to PostgreSQL at {ADDRESS} {said}")
    assert await is_encrypted(tls + mode) == ("disable" not in mode)


@beyond_loopback
async def test_without_sslmode_a_network_without_tls_is_refused(plain: str) -> None:
    with pytest.raises(ConnectionError, match="rejected SSL upgrade"):
        await connect(plain)
    assert not await is_encrypted(f"{plain}?sslmode=prefer")


async def test_a_server_that_is_verified(tls: str, root: Path) -> None:
    verified = f"{tls}?sslmode=verify-full&sslrootcert={root}"
    assert preflight(verified) == []
    assert await is_encrypted(verified)


async def test_what_stays_on_the_machine_needs_no_word(cluster: EmbeddedServer, dsn: str) -> None:
    assert preflight(dsn) == []
    with tls_proxy(cluster.service_dsn, "127.0.0.1", None) as loopback:
        assert preflight(loopback) == []
        assert not await is_encrypted(loopback)


@pytest.mark.parametrize("mode", ["require", "verify-full"])
async def test_a_server_without_tls_is_refused_where_it_is_asked_for(plain: str, root: Path, mode: str) -> None:
    dsn = f"{plain}?sslmode={mode}&sslrootcert={root}"
    with pytest.raises(PreflightError, match="server does not support SSL"):
        preflight(dsn)
    with pytest.raises(ConnectionError, match="rejected SSL upgrade"):
        await connect(dsn)


@pytest.mark.parametrize("by", ["another authority", "another name"])
async def test_a_certificate_that_is_not_the_right_one(
    cluster: EmbeddedServer, dsn: str, authority: trustme.CA, root: Path, by: str
) -> None:
    assert dsn
    wrong = (
        context_for(trustme.CA(), "127.0.0.1")
        if by == "another authority"
        else context_for(authority, "db.example.org")
    )
    with tls_proxy(cluster.service_dsn, "127.0.0.1", wrong) as address:
        dsn = f"{address}?sslmode=verify-full&sslrootcert={root}"
        with pytest.raises(PreflightError, match=r"can't connect to PostgreSQL: .*certificate"):
            preflight(dsn)
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(dsn)


def test_certificates_of_the_system_are_named_by_their_file(tls: str) -> None:
    with pytest.raises(PreflightError):
        preflight(f"{tls}?sslmode=verify-full&sslrootcert=system")


@beyond_loopback
def test_the_service_is_not_started_over_a_network_without_tls_unless_sslmode_says_so(plain: str) -> None:
    # It ends at once, as this database has no schema.
    empty = plain.replace("nestwerk_service@", "postgres@").replace("/nestwerk", "/template1")
    environment = os.environ | {"DATABASE_URL": empty, "PORT": str(free_port())}
    command = [sys.executable, "-m", "api", "serve"]
    ran = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert ran.stderr.count("\n") == 1
    assert "server does not support SSL" in ran.stderr
    assert "unless sslmode=disable says that its network is safe" in ran.stderr
    environment["DATABASE_URL"] += "?sslmode=disable"
    ran = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert ran.stderr.count(f"the connection to PostgreSQL at {ADDRESS} is not encrypted") == 1
