"""Reads `DATABASE_URL` as libpq does, and refuses by name what PostgreSQL's clients wouldn't all keep to.

The service connects by asyncpg, recipes by psycopg and PostgreSQL's own programs, which are libpq. asyncpg keeps to
some of libpq's parameters, and `api.database.addresses` to some more.
"""

import os
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from api.command_error import CommandError

# Seconds that one host gets, where nothing else is said.
CONNECT_TIMEOUT: Final = 5

# Parts of a database's URL, with special characters percent-encoded. They are checked here because libpq's messages
# would show a part of the password: for postgresql://u:pass/word@host/db it says that `pass` is no port.
_ESCAPED: Final = r"%(?!00)[0-9A-Fa-f]{2}"
_USER: Final = rf"(?:[^\s@/?#%\[\]]|{_ESCAPED})*"
_HOST: Final = rf"(?:\[[0-9A-Fa-f:.]+\]|(?:[^\s@/?#%\[\]:,]|{_ESCAPED})*)(?::\d*)?"
_NAME: Final = rf"(?:[^\s@/?#%]|{_ESCAPED})*"
_REST: Final = rf"(?:/(?P<dbname>{_NAME}))?(?:\?(?P<query>(?:[^\s@?#%]|{_ESCAPED})*))?"
_URL: Final = re.compile(rf"postgres(?:ql)?://(?:(?P<user>{_USER})@)?(?P<hosts>{_HOST}(?:,{_HOST})*){_REST}")


class DatabaseUrlError(CommandError):
    """A database's URL can't be used; the message says why in one line, without any of its secrets."""


class _Rule(NamedTuple):
    """Values that all clients keep to, as a regular expression, and what to write instead of others."""

    values: str
    instead: str


_ANY: Final = _Rule(r"(?s:.*)", "")
_NUMBER: Final = _Rule(r"\d{1,9}", "give it a whole number")
_TLS_VERSION: Final = _Rule(r"TLSv1(\.[123])?", "it is TLSv1.2 or TLSv1.3")
_NEVER: Final = r"(?!)"
_NO_GSSAPI: Final = "the service doesn't speak GSSAPI: leave it out, and use a password or a certificate"
_NO_OAUTH: Final = _Rule(_NEVER, "the service doesn't speak OAuth: leave it out, and use a password or a certificate")
_VERIFY: Final = "sslmode=verify-full with sslrootcert=FILE makes sure of the server"

# Every parameter of PostgreSQL 18's libpq.
RULES: Final[Mapping[str, _Rule]] = {
    "service": _Rule(_NEVER, "write what the service's file says into the URL"),
    "user": _ANY,
    "password": _ANY,
    "passfile": _ANY,
    "channel_binding": _Rule("disable|prefer", f"the service can't require it: write prefer; {_VERIFY}"),
    "connect_timeout": _Rule(r"[1-9]\d{0,5}", "give it seconds, from 1"),
    "dbname": _ANY,
    "host": _ANY,
    "hostaddr": _Rule(_NEVER, "write the address as the host"),
    "port": _Rule(r"\d*(,\d*)*", "give each host a number"),
    "client_encoding": _Rule("(?i:auto|utf-?8)", "the service speaks UTF8: leave it out"),
    "options": _ANY,
    "application_name": _ANY,
    "fallback_application_name": _ANY,
    "keepalives": _Rule("[01]", "it is 0 or 1"),
    "keepalives_idle": _NUMBER,
    "keepalives_interval": _NUMBER,
    "keepalives_count": _NUMBER,
    "tcp_user_timeout": _NUMBER,
    "sslmode": _Rule(
        "disable|allow|prefer|require|verify-ca|verify-full",
        "it is disable, allow, prefer, require, verify-ca or verify-full",
    ),
    "sslnegotiation": _Rule("postgres|direct", "it is postgres or direct"),
    "sslcompression": _Rule("0", "TLS doesn't compress any more: leave it out"),
    "sslcert": _ANY,
    "sslkey": _ANY,
    "sslcertmode": _Rule("allow", "the service sends a certificate where sslcert names one: leave it out"),
    "sslpassword": _ANY,
    "sslrootcert": _Rule(
        "(?!system$)(?s:.*)", "name the file of the system's certificates, as /etc/ssl/certs/ca-certificates.crt"
    ),
    "sslcrl": _ANY,
    "sslcrldir": _Rule("", "name one file, with sslcrl"),
    "sslsni": _Rule("1", "the service always sends the host's name: leave it out"),
    "requirepeer": _Rule("", "the service can't ask whose a socket is: leave it out"),
    "require_auth": _Rule("", f"the service can't choose how it logs in: leave it out; {_VERIFY}"),
    "min_protocol_version": _Rule(r"3\.0", "the service speaks 3.0: leave it out"),
    "max_protocol_version": _Rule(r"3\.[02]|latest", "leave it out"),
    "ssl_min_protocol_version": _TLS_VERSION,
    "ssl_max_protocol_version": _TLS_VERSION,
    "gssencmode": _Rule("disable|prefer", _NO_GSSAPI),
    "krbsrvname": _Rule("postgres", _NO_GSSAPI),
    "gsslib": _Rule(_NEVER, _NO_GSSAPI),
    "gssdelegation": _Rule("0", _NO_GSSAPI),
    "replication": _Rule("false|off|no|0", "the service doesn't replicate: leave it out"),
    "target_session_attrs": _Rule(
        "any|read-write|read-only|primary|standby|prefer-standby",
        "it is any, read-write, read-only, primary, standby or prefer-standby",
    ),
    "load_balance_hosts": _Rule("disable|random", "it is disable or random"),
    "scram_client_key": _Rule(_NEVER, "give the password"),
    "scram_server_key": _Rule(_NEVER, "give the password"),
    "oauth_issuer": _NO_OAUTH,
    "oauth_client_id": _NO_OAUTH,
    "oauth_client_secret": _NO_OAUTH,
    "oauth_scope": _NO_OAUTH,
    "sslkeylogfile": _Rule(_NEVER, "set the variable SSLKEYLOGFILE of a program that you debug"),
}  # fmt: skip

# Environment variables that libpq reads for parameters that a URL doesn't name.
VARIABLES: Final[Mapping[str, str]] = {
    name: f"PG{variable}"
    for name, variable in {
        **{name: name.upper().replace("_", "") for name in RULES},
        "dbname": "DATABASE",
        "application_name": "APPNAME",
        "connect_timeout": "CONNECT_TIMEOUT",
    }.items()
    if name
    not in {
        "fallback_application_name", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
        "tcp_user_timeout", "sslpassword", "replication", "scram_client_key", "scram_server_key", "oauth_issuer",
        "oauth_client_id", "oauth_client_secret", "oauth_scope", "sslkeylogfile",
    }
}  # fmt: skip


def read_url(url: str, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Parameters of libpq by name: those of a URL, and those of the environment that the URL leaves open.

    A connection to another machine is encrypted unless `sslmode` says otherwise; libpq would take what it gets.

    Raises:
        DatabaseUrlError: it isn't a URL, or has a parameter that not all clients keep to.

    """
    found = dict(_parameters(url))
    for name, value in found.items():
        _check(f"DATABASE_URL: {name}", name, value)
    for name, variable in VARIABLES.items():
        if name not in found and (given := environment.get(variable)):
            _check(variable, name, given)
            found[name] = given
    hosts, ports = (found.get(name, "").split(",") for name in ("host", "port"))
    if len(ports) not in {1, len(hosts)}:
        raise DatabaseUrlError(f"DATABASE_URL has {len(hosts)} hosts and {len(ports)} ports: give each host one")
    found.setdefault("connect_timeout", str(CONNECT_TIMEOUT))
    if any(is_elsewhere(host) for host in hosts):
        found.setdefault("sslmode", "require")
    return found


def complete_url(url: str, environment: Mapping[str, str] = os.environ) -> str:
    """A URL that says also what `read_url` takes for granted, for clients that wouldn't."""
    found, said = read_url(url, environment), dict(_parameters(url))
    missing = [f"{name}={quote(found[name])}" for name in ("connect_timeout", "sslmode") if name in found.keys() - said]
    return url + ("&" if "?" in url else "?") * bool(missing) + "&".join(missing)


def is_elsewhere(host: str) -> bool:
    """Whether a host isn't known to be this machine by its name."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return False
    try:
        return not ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return True


def _parameters(url: str) -> Iterator[tuple[str, str]]:
    """Parameters in the order in which libpq takes them: a later one replaces one of the same name."""
    # Messages never repeat the value, as it may hold a password.
    if not url.startswith(("postgresql://", "postgres://")):
        raise DatabaseUrlError("DATABASE_URL has to start with postgresql://")
    parts = _URL.fullmatch(url)
    if parts is None or not _is_utf8(url):
        raise DatabaseUrlError(
            "DATABASE_URL is not like postgresql://user:password@host:port/database: special characters in a part of it"
            " are percent-encoded, such as %40 for @ and %2F for /"
        )
    user, colon, password = (parts["user"] or "").partition(":")
    if user:
        yield "user", unquote(user)
    if colon and password:
        yield "password", unquote(password)
    hosts = [_split_host(each) for each in parts["hosts"].split(",")]
    if any(host for host, _ in hosts):
        yield "host", ",".join(unquote(host) for host, _ in hosts)
    if any(port for _, port in hosts):
        yield "port", ",".join(port for _, port in hosts)
    if parts["dbname"]:
        yield "dbname", unquote(parts["dbname"])
    for each in filter(None, (parts["query"] or "").split("&")):
        if each.count("=") != 1:
            raise DatabaseUrlError("DATABASE_URL has more than NAME=VALUE between ? and &: in a value, = is %3D")
        name, value = map(unquote, each.split("="))
        # As of JDBC, which libpq knows too.
        yield ("sslmode", "require") if (name, value) == ("ssl", "true") else (name, value)


def _split_host(text: str) -> tuple[str, str]:
    """Host and port of one place."""
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        return host, port[1:]
    host, _, port = text.partition(":")
    return host, port


def _is_utf8(url: str) -> bool:
    try:
        unquote(url, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _check(where: str, name: str, value: str) -> None:
    rule = RULES.get(name)
    if rule is None:
        known = name if re.fullmatch(r"[A-Za-z_.]{1,40}", name) else "that stands behind its ?"
        raise DatabaseUrlError(f"DATABASE_URL: PostgreSQL knows no parameter {known}: leave it out")
    if not re.fullmatch(rule.values, value):
        raise DatabaseUrlError(f"{where} can't be kept to as it is: {rule.instead}")
