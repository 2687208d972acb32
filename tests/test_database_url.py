"""`DATABASE_URL`: every parameter of libpq is kept to by all clients, or refused by name."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from api.database_url.parameters import RULES, VARIABLES
from api.database_url.reading import DatabaseUrlError, complete_url, read_url

PASSWORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=8)


@pytest.mark.parametrize(
    "url",
    [
        "nestwerk",
        "mysql://noor@localhost/nestwerk",
        "postgresql:nestwerk",
        "postgresql://noor:secret/word@localhost/nestwerk",
        "postgresql://noor:secret@word@localhost/nestwerk",
        "postgresql://noor:secret#word@localhost/nestwerk",
        "postgresql://noor:secret?word@localhost/nestwerk",
        "postgresql://noor:secret word@localhost/nestwerk",
        "postgresql://noor:secret%word@localhost/nestwerk",
        "postgresql://noor:secret%00word@localhost/nestwerk",
        "postgresql://noor:secret%80word@localhost/nestwerk",
        "postgresql://noor:secret[word@localhost/nestwerk",
        "postgresql://localhost:secretword/nestwerk",
        "postgresql://localhost/nestwerk?options=-c%20secret=word",
        "postgresql://localhost/nestwerk?secretword",
    ],
)
def test_a_refused_database_url_is_never_repeated(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="DATABASE_URL") as refused:
        complete_url(url, {})
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


@given(PASSWORDS)
def test_any_password_can_be_percent_encoded(password: str) -> None:
    url = f"postgresql://noor:{quote(password, safe='')}@localhost/nestwerk"
    assert complete_url(url, {}).startswith(url)
    assert conninfo_to_dict(url)["password"] == read_url(url, {})["password"] == password


@given(PASSWORDS)
def test_an_unencoded_password_is_accepted_or_refused_without_being_repeated(password: str) -> None:
    url = f"postgresql://noor:{password}@localhost/nestwerk"
    refused = ""
    try:
        complete_url(url, {})
    except DatabaseUrlError as error:
        refused = str(error)
    if refused:
        # The message is the same for every such value.
        with pytest.raises(DatabaseUrlError) as other:
            complete_url("postgresql://noor:other/word@localhost/nestwerk", {})
        assert refused == str(other.value)
    else:
        # Its parts may be percent-escapes by chance, but all of it is in the password.
        found = conninfo_to_dict(url)
        assert (found["user"], found["host"], found["dbname"]) == ("noor", "localhost", "nestwerk")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///nestwerk",
        "postgresql:///nestwerk?host=/run/postgresql&port=5433",
        "postgresql://%2Frun%2Fpostgresql/nestwerk",
        "postgresql://noor@[::1]:5432/nestwerk",
        "postgresql://noor@[fe80::1%25eth0]:5432/nestwerk?sslmode=disable",
        "postgresql://noor@db_one.example.org./nestwerk?sslmode=prefer",
        "postgresql://noor@one:5432,two:5433/nestwerk?target_session_attrs=read-write",
        "postgresql://localhost",
        "postgresql://one,[::1]:5433/?port=1,2&password=a+b&user=no%20or&options=-c%20geqo%3Doff&host=a,b",
        "postgresql://noor:@localhost/nestwerk?dbname=other&ssl=true",
    ],
)
def test_valid_database_urls(url: str) -> None:
    """They are read as libpq reads them."""
    completed = complete_url(url, {})
    assert completed.startswith(url)
    assert complete_url(completed, {}) == completed
    assert read_url(url, {}) == conninfo_to_dict(completed)


def test_every_parameter_of_libpq_is_known() -> None:
    """Those of the libpq that psycopg brings, with their variables."""
    assert [*RULES] == [option.keyword.decode() for option in Conninfo.get_defaults()]
    assert {
        option.keyword.decode(): option.envvar.decode() for option in Conninfo.get_defaults() if option.envvar
    } == VARIABLES


@pytest.mark.parametrize(
    ("name", "value", "instead"),
    [
        ("service", "db", "write what the service's file says"),
        ("channel_binding", "require", "sslmode=verify-full"),
        ("connect_timeout", "0", "seconds, from 1"),
        ("hostaddr", "127.0.0.1", "as the host"),
        ("client_encoding", "latin1", "UTF8"),
        ("keepalives_idle", "often", "a whole number"),
        ("sslmode", "on", "verify-full"),
        ("sslcompression", "1", "leave it out"),
        ("sslcertmode", "require", "leave it out"),
        ("sslrootcert", "system", "ca-certificates.crt"),
        ("sslcrldir", "/tmp", "sslcrl"),
        ("sslsni", "0", "leave it out"),
        ("requirepeer", "postgres", "leave it out"),
        ("require_auth", "scram-sha-256", "leave it out"),
        ("min_protocol_version", "3.2", "3.0"),
        ("ssl_min_protocol_version", "SSLv3", "TLSv1.3"),
        ("gssencmode", "require", "GSSAPI"),
        ("replication", "database", "leave it out"),
        ("target_session_attrs", "leader", "read-write"),
        ("load_balance_hosts", "yes", "random"),
        ("scram_client_key", "sesam", "password"),
        ("oauth_client_secret", "sesam", "password"),
        ("sslkeylogfile", "/tmp/keys", "SSLKEYLOGFILE"),
        ("pgbouncer", "true", "knows no parameter pgbouncer: leave it out"),
    ],
)
def test_what_cannot_be_kept_to_is_refused_by_name(name: str, value: str, instead: str) -> None:
    with pytest.raises(DatabaseUrlError) as refused:
        read_url(f"postgresql://noor:sesam@localhost/nestwerk?{name}={quote(value, safe='')}", {})
    assert name in str(refused.value)
    assert instead in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "sesam" not in str(refused.value)
    if variable := VARIABLES.get(name):
        with pytest.raises(DatabaseUrlError, match=f"^{variable} "):
            read_url("postgresql://localhost/nestwerk", {variable: value})


def test_hosts_and_ports_that_do_not_match() -> None:
    with pytest.raises(DatabaseUrlError, match="3 hosts and 2 ports"):
        read_url("postgresql://one,two,three/nestwerk?port=1,2", {})


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://noor:sesam@db:99999/nestwerk", "the port 99999: ports go from 1 to 65535"),
        ("postgresql://noor:sesam@db,other:0/nestwerk", "2 hosts and 2 ports|the port 0"),
        ("postgresql://noor:sesam@db:\u0663/nestwerk", "is not like"),
        ("postgresql://noor:sesam@db/nestwerk?port=\u0663", "give each host a number"),
        ("postgresql://noor:sesam@db,,other/nestwerk", "several hosts, and one has no name"),
        ("postgresql://noor:sesam@db..example.org/nestwerk", "empty or too long part"),
        (f"postgresql://noor:sesam@{'db' * 40}/nestwerk", "empty or too long part"),
        (
            "postgresql://noor:sesam@localhost/nestwerk?sslrootcert=/nowhere/ca",
            "sslrootcert='/nowhere/ca' can't be read",
        ),
        ("postgresql://noor:sesam@localhost/nestwerk?sslcrl=/", "sslcrl='/' can't be read: Is a directory"),
    ],
)
def test_a_place_or_file_that_cannot_be(url: str, why: str) -> None:
    with pytest.raises(DatabaseUrlError, match=why) as refused:
        complete_url(url, {})
    assert "sesam" not in str(refused.value)


def test_the_environment_says_what_the_url_leaves_open() -> None:
    variables = {"PGSSLMODE": "verify-full", "PGAPPNAME": "other", "PGPASSWORD": "sesam", "PGUSER": "noor"}
    found = read_url("postgresql://julia@localhost/nestwerk?application_name=own", variables)
    assert found == {
        "user": "julia", "host": "localhost", "dbname": "nestwerk", "application_name": "own",
        "sslmode": "verify-full", "password": "sesam", "connect_timeout": "5",
    }  # fmt: skip


@pytest.mark.parametrize("host", ["", "localhost", "127.1.2.3", "[::1]", "%2Frun%2Fpostgresql"])
def test_a_connection_within_the_machine_needs_no_tls(host: str) -> None:
    assert "sslmode" not in complete_url(f"postgresql://{host}/nestwerk", {})


@pytest.mark.parametrize("host", ["db", "10.0.0.1", "localhost,db", "[fd00::1]", "localhost.example.org"])
def test_a_connection_to_another_machine_is_encrypted_unless_sslmode_says_otherwise(host: str) -> None:
    url = f"postgresql://{host}/nestwerk"
    seconds = 1 if "," in host else 5
    assert complete_url(url, {}) == f"{url}?connect_timeout={seconds}&sslmode=require"
    assert complete_url(f"{url}?sslmode=disable", {}) == f"{url}?sslmode=disable&connect_timeout={seconds}"
    assert read_url(url, {"PGSSLMODE": "prefer"})["sslmode"] == "prefer"
