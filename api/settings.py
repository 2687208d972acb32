"""Settings of the service, from environment variables."""

import os
import re
import sys
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec

from api.database_url.reading import DatabaseUrlError, complete_url
from api.mail_settings import HOST, MailFrom, MailServer, read_mail_from, read_public_url, read_smtp_url
from api.setting_values import SettingsError, value_or_file

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["json", "text"]
Network = IPv4Network | IPv6Network

# Of a key that secrets are encrypted with.
KEY_BYTES: Final = 32
DEFAULT_TRUSTED_PROXIES: Final = "127.0.0.1/32,::1/128"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of the service; each is an environment variable of the same name in capitals."""

    host: str = "127.0.0.1"
    port: int = 8000
    # Where the metrics are; no port, no metrics.
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    workers: int = 1
    database_url: str | None = None
    # Servers that reads may go to, and the seconds that one may be behind.
    read_database_url: str | None = None
    max_lag: int = 1
    # Seconds that the service waits for its database when it starts, and goes on serving after it was told to stop.
    start_timeout: int = 60
    drain_seconds: int = 0
    data_dir: Path = Path(".data")
    # Keys of secrets in the database: the first encrypts, all decrypt. Without it they are in data_dir.
    secret_key_file: Path | None = None
    # Where pictures are kept if not in `uploads` of data_dir, as s3://bucket/prefix.
    storage_url: str | None = None
    # Where backups and WAL go; the embedded server archives none without it.
    backup_dir: Path | None = None
    # Origin of the links in mails.
    public_url: str = "http://127.0.0.1:8000"
    # The mail server; without one, mails are files in DATA_DIR/mail.
    smtp_url: MailServer | None = None
    mail_from: MailFrom = MailFrom("Nestwerk", "noreply@[127.0.0.1]")
    log_level: LogLevel = "info"
    log_format: LogFormat = "json"
    # Milliseconds that a request or statement takes before it's logged.
    slow_ms: int = 500
    # Share of the requests whose spans go to the collector of OTEL_EXPORTER_OTLP_ENDPOINT.
    otlp_endpoint: str | None = None
    trace_ratio: float = 0.01
    # Hours from one look for a parent's suggestions to the next; 0: workers make none.
    suggestion_hours: int = 24
    # Where texts are embedded, and with which model; without it, suggestions go by rules alone.
    embeddings_url: str | None = None
    embeddings_model: str = ""
    embeddings_key: str | None = None
    # Whether /schema is served.
    documentation: bool = True
    # Seconds that clients have for a request's head and body, between requests, and to take an answer.
    head_timeout: int = 15
    body_timeout: int = 20
    idle_timeout: int = 75
    send_timeout: int = 30
    # Connections of a worker at most, and of one client address; trusted proxies may have any number.
    connections: int = 16_384
    connections_per_address: int = 4_096
    # Networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
    trusted_proxies: tuple[Network, ...] = ()
    # Origins of app clients, as browsers send them.
    allowed_origins: tuple[str, ...] = ()


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment; an empty variable counts as absent.

    Raises:
        SettingsError, DatabaseUrlError: a variable's value is invalid.

    """
    host = environment.get("HOST") or "127.0.0.1"
    port = _integer(environment, "PORT", default=8000, least=1, most=65535)
    public_url = read_public_url(environment, host, port)
    return Settings(
        host=host,
        port=port,
        metrics_host=environment.get("METRICS_HOST") or "127.0.0.1",
        metrics_port=_integer(environment, "METRICS_PORT", default=0, least=1, most=65535) or None,
        workers=_integer(environment, "WORKERS", default=os.cpu_count() or 1, least=1, most=256),
        database_url=_database_url(environment),
        read_database_url=_read_database_url(environment),
        max_lag=_integer(environment, "MAX_LAG", default=1, least=1, most=60),
        start_timeout=_integer(environment, "START_TIMEOUT", default=60, least=0, most=86_400),
        drain_seconds=_integer(environment, "DRAIN_SECONDS", default=0, least=0, most=3600),
        data_dir=_data_dir(environment),
        secret_key_file=_secret_key_file(environment),
        storage_url=_storage_url(environment),
        backup_dir=Path(environment["BACKUP_DIR"]).resolve() if environment.get("BACKUP_DIR") else None,
        public_url=public_url,
        smtp_url=read_smtp_url(environment),
        mail_from=read_mail_from(environment, public_url),
        log_level=read_log_level(environment),
        log_format=read_log_format(environment),
        slow_ms=_integer(environment, "SLOW_MS", default=500, least=10, most=60_000),
        otlp_endpoint=_otlp_endpoint(environment),
        trace_ratio=_share(environment, "TRACE_RATIO", default=0.01),
        suggestion_hours=_integer(environment, "SUGGESTION_HOURS", default=24, least=0, most=8760),
        embeddings_url=_embeddings_url(environment),
        embeddings_model=environment.get("EMBEDDINGS_MODEL") or "",
        embeddings_key=_embeddings_key(environment),
        documentation=_switch(environment, "DOCUMENTATION", default=True),
        head_timeout=_integer(environment, "HEAD_TIMEOUT", default=15, least=1, most=3600),
        body_timeout=_integer(environment, "BODY_TIMEOUT", default=20, least=1, most=3600),
        idle_timeout=_integer(environment, "IDLE_TIMEOUT", default=75, least=1, most=3600),
        send_timeout=_integer(environment, "SEND_TIMEOUT", default=30, least=1, most=3600),
        connections=_integer(environment, "CONNECTIONS", default=16_384, least=1, most=1_000_000),
        connections_per_address=_integer(
            environment, "CONNECTIONS_PER_ADDRESS", default=4_096, least=1, most=1_000_000
        ),
        trusted_proxies=_networks(environment),
        allowed_origins=_allowed_origins(environment),
    )


def _integer(environment: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    text = environment.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise SettingsError(f"{name}={text!r} is not a whole number from {least} to {most}")
    return int(text)


def _database_url(environment: Mapping[str, str]) -> str | None:
    url = value_or_file(environment, "DATABASE_URL")
    return complete_url(url, environment) if url else None


def _read_database_url(environment: Mapping[str, str]) -> str | None:
    url = value_or_file(environment, "READ_DATABASE_URL")
    if not url:
        return None
    if not value_or_file(environment, "DATABASE_URL"):
        raise SettingsError("READ_DATABASE_URL is set without DATABASE_URL, the leader's: set that too")
    try:
        return complete_url(url, environment)
    except DatabaseUrlError as error:
        raise SettingsError(str(error).replace("DATABASE_URL", "READ_DATABASE_URL")) from None


def _data_dir(environment: Mapping[str, str]) -> Path:
    path = Path(environment.get("DATA_DIR") or ".data")
    if path.exists() and not path.is_dir():
        raise SettingsError(f"DATA_DIR={str(path)!r} is not a folder")
    return path


def _secret_key_file(environment: Mapping[str, str]) -> Path | None:
    if not environment.get("SECRET_KEY_FILE"):
        return None
    path = Path(environment["SECRET_KEY_FILE"])
    read_secret_keys(path)
    return path


def read_secret_keys(path: Path) -> tuple[bytes, ...]:
    """Keys of a file, one a line, as 64 hexadecimal digits.

    Raises:
        SettingsError: it can't be read, or has anything else; the message doesn't repeat what.

    """
    try:
        lines = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it isn't text"
        raise SettingsError(f"SECRET_KEY_FILE={str(path)!r} can't be read: {why}") from None
    if not lines or not all(re.fullmatch(f"[0-9a-fA-F]{{{2 * KEY_BYTES}}}", line) for line in lines):
        raise SettingsError(
            f"SECRET_KEY_FILE={str(path)!r} is not lines of 64 hexadecimal digits, as `openssl rand -hex 32` makes them"
        )
    return tuple(map(bytes.fromhex, lines))


def _storage_url(environment: Mapping[str, str]) -> str | None:
    url = environment.get("STORAGE_URL")
    if not url:
        return None
    # It isn't repeated, as it may hold a secret in the wrong place.
    if not re.fullmatch(r"(s3|gs|az)://[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?", url):
        raise SettingsError("STORAGE_URL is not like s3://bucket/prefix, gs://bucket/prefix or az://container/prefix")
    return url


def _switch(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environment.get(name)
    if not text:
        return default
    if text.lower() not in {"on", "off"}:
        raise SettingsError(f"{name}={text!r} is not on or off")
    return text.lower() == "on"


def _share(environment: Mapping[str, str], name: str, *, default: float) -> float:
    text = environment.get(name)
    if not text:
        return default
    if not re.fullmatch(r"[01]|0?\.[0-9]+|1\.0+", text, re.ASCII):
        raise SettingsError(f"{name}={text!r} is not a number from 0 to 1")
    return float(text)


def _embeddings_url(environment: Mapping[str, str]) -> str | None:
    url = environment.get("EMBEDDINGS_URL")
    if not url:
        return None
    # It may hold a password, so it isn't repeated.
    match = re.fullmatch(rf"https?://{HOST}(/[^\s?#]*)?", url)
    if match is None or int(match["port"] or 0) > 65535:
        raise SettingsError("EMBEDDINGS_URL is not like https://api.example.org/v1")
    if not 0 < len(environment.get("EMBEDDINGS_MODEL", "")) <= 200:
        raise SettingsError("EMBEDDINGS_URL is set, so EMBEDDINGS_MODEL has to name a model, in at most 200 characters")
    return url


def _embeddings_key(environment: Mapping[str, str]) -> str | None:
    key = value_or_file(environment, "EMBEDDINGS_KEY")
    if key and not (key.isascii() and key.isprintable()):
        raise SettingsError("EMBEDDINGS_KEY has characters that no header may have")
    return key


def _otlp_endpoint(environment: Mapping[str, str]) -> str | None:
    url = environment.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    if not url:
        return None
    # It may hold a token, so it isn't repeated.
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", url):
        raise SettingsError("OTEL_EXPORTER_OTLP_ENDPOINT is not like http://collector:4318")
    return url


def read_log_level(environment: Mapping[str, str] = os.environ) -> LogLevel:
    """Lowest level that is logged.

    Raises:
        SettingsError: it's none.

    """
    text = environment.get("LOG_LEVEL") or "info"
    for level in get_args(LogLevel):
        if text.lower() == level:
            valid: LogLevel = level
            return valid
    raise SettingsError(f"LOG_LEVEL={text!r} is not one of {', '.join(get_args(LogLevel))}")


def read_log_format(environment: Mapping[str, str] = os.environ) -> LogFormat:
    """Format of the log: text on a terminal, and JSON elsewhere, unless it's set.

    Raises:
        SettingsError: it's none.

    """
    text = environment.get("LOG_FORMAT")
    if not text:
        return "text" if sys.stderr.isatty() else "json"
    for log_format in get_args(LogFormat):
        if text.lower() == log_format:
            valid: LogFormat = log_format
            return valid
    raise SettingsError(f"LOG_FORMAT={text!r} is not {' or '.join(get_args(LogFormat))}")


def _networks(environment: Mapping[str, str]) -> tuple[Network, ...]:
    text = environment.get("TRUSTED_PROXIES", DEFAULT_TRUSTED_PROXIES)
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise SettingsError(
            f"TRUSTED_PROXIES={text!r} is not a list of addresses or networks like 10.0.0.0/8,::1"
        ) from None


def _allowed_origins(environment: Mapping[str, str]) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in environment.get("ALLOWED_ORIGINS", "").split(",") if part.strip())
    for origin in origins:
        # A browser sends it in one spelling: in lower case, and without a path or the scheme's own port.
        match = re.fullmatch(rf"(?P<scheme>[a-z][a-z0-9+.-]*)://{HOST}", origin)
        port = (match and match["port"]) or "1"
        is_own_port = match is not None and (match["scheme"], port) in {("http", "80"), ("https", "443")}
        if match is None or origin != origin.lower() or is_own_port or port[0] == "0" or int(port) > 65535:
            raise SettingsError(
                f"ALLOWED_ORIGINS has {origin!r}, which is no origin as browsers send it: each is like "
                "https://app.example.org, http://localhost:5173 or capacitor://localhost, in lower case, without a "
                "path, a wildcard or the scheme's own port"
            )
    return origins
