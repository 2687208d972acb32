"""Every parameter of libpq, with the values that all of PostgreSQL's clients here keep to.

The service connects by asyncpg, recipes by psycopg and PostgreSQL's own programs, which are libpq. asyncpg keeps to
some of libpq's parameters, and `api.database.addresses` to some more.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Rule(NamedTuple):
    """Values that all clients keep to, as a regular expression, and what to write instead of others."""

    values: str
    instead: str


_ANY: Final = Rule(r"(?s:.*)", "")
_NUMBER: Final = Rule(r"\d{1,9}", "give it a whole number")
_TLS_VERSION: Final = Rule(r"TLSv1(\.[123])?", "it is TLSv1.2 or TLSv1.3")
_NEVER: Final = r"(?!)"
_NO_GSSAPI: Final = "the service doesn't speak GSSAPI: leave it out, and use a password or a certificate"
_NO_OAUTH: Final = Rule(_NEVER, "the service doesn't speak OAuth: leave it out, and use a password or a certificate")
_VERIFY: Final = "sslmode=verify-full with sslrootcert=FILE makes sure of the server"

# Every parameter of PostgreSQL 18's libpq.
RULES: Final[Mapping[str, Rule]] = {
    "service": Rule(_NEVER, "write what the service's file says into the URL"),
    "user": _ANY,
    "password": _ANY,
    "passfile": _ANY,
    "channel_binding": Rule("disable|prefer", f"the service can't require it: write prefer; {_VERIFY}"),
    "connect_timeout": Rule(r"[1-9]\d{0,5}", "give it seconds, from 1"),
    "dbname": _ANY,
    "host": _ANY,
    "hostaddr": Rule(_NEVER, "write the address as the host"),
    "port": Rule(r"\d*(,\d*)*", "give each host a number"),
    "client_encoding": Rule("(?i:auto|utf-?8)", "the service speaks UTF8: leave it out"),
    "options": _ANY,
    "application_name": _ANY,
    "fallback_application_name": _ANY,
    "keepalives": Rule("[01]", "it is 0 or 1"),
    "keepalives_idle": _NUMBER,
    "keepalives_interval": _NUMBER,
    "keepalives_count": _NUMBER,
    "tcp_user_timeout": _NUMBER,
    "sslmode": Rule(
        "disable|allow|prefer|require|verify-ca|verify-full",
        "it is disable, allow, prefer, require, verify-ca or verify-full",
    ),
    "sslnegotiation": Rule("postgres|direct", "it is postgres or direct"),
    "sslcompression": Rule("0", "TLS doesn't compress any more: leave it out"),
    "sslcert": _ANY,
    "sslkey": _ANY,
    "sslcertmode": Rule("allow", "the service sends a certificate where sslcert names one: leave it out"),
    "sslpassword": _ANY,
    "sslrootcert": Rule(
        "(?!system$)(?s:.*)", "name the file of the system's certificates, as /etc/ssl/certs/ca-certificates.crt"
    ),
    "sslcrl": _ANY,
    "sslcrldir": Rule("", "name one file, with sslcrl"),
    "sslsni": Rule("1", "the service always sends the host's name: leave it out"),
    "requirepeer": Rule("", "the service can't ask whose a socket is: leave it out"),
    "require_auth": Rule("", f"the service can't choose how it logs in: leave it out; {_VERIFY}"),
    "min_protocol_version": Rule(r"3\.0", "the service speaks 3.0: leave it out"),
    "max_protocol_version": Rule(r"3\.[02]|latest", "leave it out"),
    "ssl_min_protocol_version": _TLS_VERSION,
    "ssl_max_protocol_version": _TLS_VERSION,
    "gssencmode": Rule("disable|prefer", _NO_GSSAPI),
    "krbsrvname": Rule("postgres", _NO_GSSAPI),
    "gsslib": Rule(_NEVER, _NO_GSSAPI),
    "gssdelegation": Rule("0", _NO_GSSAPI),
    "replication": Rule("false|off|no|0", "the service doesn't replicate: leave it out"),
    "target_session_attrs": Rule(
        "any|read-write|read-only|primary|standby|prefer-standby",
        "it is any, read-write, read-only, primary, standby or prefer-standby",
    ),
    "load_balance_hosts": Rule("disable|random", "it is disable or random"),
    "scram_client_key": Rule(_NEVER, "give the password"),
    "scram_server_key": Rule(_NEVER, "give the password"),
    "oauth_issuer": _NO_OAUTH,
    "oauth_client_id": _NO_OAUTH,
    "oauth_client_secret": _NO_OAUTH,
    "oauth_scope": _NO_OAUTH,
    "sslkeylogfile": Rule(_NEVER, "set the variable SSLKEYLOGFILE of a program that you debug"),
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
