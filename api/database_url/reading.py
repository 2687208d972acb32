"""Reads `DATABASE_URL` as libpq does, and refuses by name what PostgreSQL's clients wouldn't all keep to."""

import os
import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from api.command_error import CommandError
from api.database_url.parameters import RULES, VARIABLES

# Seconds that a host gets, where nothing else is said: the only one, or each of several.
CONNECT_TIMEOUT: Final = 5
_OF_SEVERAL: Final = 1

# Parts of a database's URL, with special characters percent-encoded. They are checked here because libpq's messages
# would show a part of the password: for postgresql://u:pass/word@host/db it says that `pass` is no port.
_ESCAPED: Final = r"%(?!00)[0-9A-Fa-f]{2}"
_USER: Final = rf"(?:[^\s@/?#%\[\]]|{_ESCAPED})*"
_HOST: Final = rf"(?:\[[0-9A-Fa-f:.]+(?:%25[\w.-]+)?\]|(?:[^\s@/?#%\[\]:,]|{_ESCAPED})*)(?::[0-9]*)?"
_NAME: Final = rf"(?:[^\s@/?#%]|{_ESCAPED})*"
_REST: Final = rf"(?:/(?P<dbname>{_NAME}))?(?:\?(?P<query>(?:[^\s@?#%]|{_ESCAPED})*))?"
_URL: Final = re.compile(rf"postgres(?:ql)?://(?:(?P<user>{_USER})@)?(?P<hosts>{_HOST}(?:,{_HOST})*){_REST}")


class DatabaseUrlError(CommandError):
    """A database's URL can't be used; the message says why in one line, without any of its secrets."""


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
    _check_places(hosts, ports)
    found.setdefault("connect_timeout", str(CONNECT_TIMEOUT if len(hosts) == 1 else _OF_SEVERAL))
    if any(is_elsewhere(host) for host in hosts):
        found.setdefault("sslmode", "require")
    return found


def complete_url(url: str, environment: Mapping[str, str] = os.environ) -> str:
    """A URL that says also what `read_url` takes for granted, for clients that wouldn't.

    Raises:
        DatabaseUrlError: as `read_url`, or a file that it names can't be read.

    """
    found, said = read_url(url, environment), dict(_parameters(url))
    _check_files(found)
    missing = [f"{name}={quote(found[name])}" for name in ("connect_timeout", "sslmode") if name in found.keys() - said]
    return url + ("&" if "?" in url else "?") * bool(missing) + "&".join(missing)


def split_hosts(url: str) -> dict[str, str]:
    """URLs of the hosts of a URL, by host and port, whatever kind of server each is; none for an empty one.

    Raises:
        DatabaseUrlError: as `read_url`.

    """
    if not url:
        return {}
    found = read_url(url)
    hosts, ports = found.get("host", "").split(","), found.get("port", "").split(",")
    places = zip(hosts, ports * len(hosts) if len(ports) == 1 else ports, strict=True)
    # The last parameter of a name counts.
    return {
        f"{host}:{port or 5432}": f"{url}{'&' if '?' in url else '?'}"
        f"host={quote(host, safe='')}&port={port or 5432}&target_session_attrs=any"
        for host, port in places
    }


def forget_variables(environment: MutableMapping[str, str] = os.environ) -> None:
    """Remove libpq's variables, which somebody has for another server, so that the embedded one is found.

    Passwords and what is about TLS stay, as `just adopt` may need them for its other database: over a socket they
    count for nothing.
    """
    for name, variable in VARIABLES.items():
        if name not in {"password", "passfile"} and not name.startswith("ssl"):
            environment.pop(variable, None)


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


def _check_places(hosts: Sequence[str], ports: Sequence[str]) -> None:
    if len(ports) not in {1, len(hosts)}:
        raise DatabaseUrlError(f"DATABASE_URL has {len(hosts)} hosts and {len(ports)} ports: give each host one")
    if wrong := [port for port in ports if port and not 1 <= int(port) <= 65535]:
        raise DatabaseUrlError(f"DATABASE_URL has the port {wrong[0]}: ports go from 1 to 65535")
    for host in hosts:
        if not host and len(hosts) > 1:
            # Each client would look elsewhere for it.
            raise DatabaseUrlError("DATABASE_URL has several hosts, and one has no name: name each")
        try:
            if not host.startswith(("/", "@")):
                host.encode("idna")
        except UnicodeError:
            raise DatabaseUrlError("DATABASE_URL has a host with an empty or too long part: correct it") from None


def _check_files(found: Mapping[str, str]) -> None:
    """Refuse files that can't be read: libpq would go on without some of them, and asyncpg wouldn't say which."""
    for name in ("sslrootcert", "sslcert", "sslkey", "sslcrl"):
        if path := found.get(name):
            try:
                Path(path).open("rb").close()
            except OSError as error:
                raise DatabaseUrlError(f"the database's {name}={path!r} can't be read: {error.strerror}") from None


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
    if not re.fullmatch(rule.values, value, re.ASCII):
        raise DatabaseUrlError(f"{where} can't be kept to as it is: {rule.instead}")
