"""Reads the settings of mails: `SMTP_URL`, `MAIL_FROM` and `PUBLIC_URL`."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

import msgspec

from api.setting_values import SettingsError, value_or_file

# How a connection is encrypted: from its beginning, by STARTTLS, or by STARTTLS if the server offers it.
Encryption = Literal["tls", "starttls", "offered"]

_PART: Final = r"(?:[^\s@:/?#%\[\]]|%(?!00)[0-9A-Fa-f]{2})+"
HOST: Final = r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
_SMTP_URL: Final = re.compile(rf"(?P<scheme>smtps?)://(?:(?P<user>{_PART}):(?P<password>{_PART})@)?{HOST}/?", re.ASCII)
_ORIGIN: Final = re.compile(rf"(?P<scheme>https?)://{HOST}/?", re.ASCII)
_ADDRESS: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9.-]+|\[[0-9A-Za-z:.]+\])"
_MAIL_FROM: Final = re.compile(rf"(?:(?P<name>[^<>\x00-\x1f\x7f]*) <)?(?P<address>{_ADDRESS})(?(name)>)")


class MailServer(msgspec.Struct, frozen=True):
    """Where mails are handed over."""

    host: str
    port: int
    encryption: Encryption
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"MailServer({self.host!r}, {self.port}, {self.encryption!r})"


class MailFrom(msgspec.Struct, frozen=True):
    """Whom mails come from."""

    name: str
    address: str


def read_smtp_url(environment: Mapping[str, str]) -> MailServer | None:
    """Mail server of `SMTP_URL` or its file, if that is set; to another machine all that is sent is encrypted.

    Raises:
        SettingsError: it isn't one.

    """
    text = value_or_file(environment, "SMTP_URL")
    if text is None:
        return None
    # Not repeated, as it may hold a password.
    match = _SMTP_URL.fullmatch(text)
    port = int((match and match["port"]) or 0)
    if match is None or port > 65535:
        raise SettingsError(
            "SMTP_URL is not like smtp://user:password@mail.example.org:587 or smtps://mail.example.org:465; special "
            "characters in user name and password are percent-encoded, as @ is %40"
        )
    host = match["host"].strip("[]")
    if match["scheme"] == "smtps":
        encryption: Encryption = "tls"
    else:
        encryption = "offered" if is_here(host) else "starttls"
    user, password = (unquote(part) if part else None for part in match.group("user", "password"))
    return MailServer(host, port or (465 if encryption == "tls" else 587), encryption, user, password)


def read_public_url(environment: Mapping[str, str], host: str, port: int) -> str:
    """Origin of the links in mails: `PUBLIC_URL`, or else the service's own address.

    Raises:
        SettingsError: it isn't an origin.

    """
    text = environment.get("PUBLIC_URL")
    if not text:
        name = "localhost" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104
        return f"http://{name}:{port}"
    match = _ORIGIN.fullmatch(text)
    if match is None or int(match["port"] or 0) > 65535:
        raise SettingsError(f"PUBLIC_URL={text!r} is not like https://example.org, without a path")
    return text.rstrip("/")


def read_mail_from(environment: Mapping[str, str], public_url: str) -> MailFrom:
    """Whom mails come from: `MAIL_FROM`, or else `noreply` at the host of `PUBLIC_URL`.

    Raises:
        SettingsError: it isn't an address, with a name before it or without.

    """
    text = environment.get("MAIL_FROM")
    if not text:
        return MailFrom("Nestwerk", f"noreply@{mail_domain(public_url)}")
    match = _MAIL_FROM.fullmatch(text)
    if match is None:
        raise SettingsError(f"MAIL_FROM={text!r} is not like Nestwerk <noreply@example.org>")
    return MailFrom((match["name"] or "").strip(' "'), match["address"])


def mail_domain(origin: str) -> str:
    """Domain of an origin, as an address of mail has it."""
    match = _ORIGIN.fullmatch(origin)
    host = match["host"] if match else "localhost"
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return host
    return f"[{'IPv6:' if address.version == 6 else ''}{address}]"


def is_readable(url: str) -> bool:
    """Whether requests to an address leave this machine without encryption."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_here(parts.hostname or "")


def is_here(host: str) -> bool:
    """Whether a host is this machine by its name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") in {"localhost", "ip6-localhost"} or host.lower().endswith(".localhost")
