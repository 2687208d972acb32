"""Says how a connection to PostgreSQL is protected on its way."""

from ipaddress import ip_address
from typing import Any, Final

import psycopg

_REMEDY: Final = "add sslmode=verify-full and sslrootcert=FILE to DATABASE_URL"


def transport_remark(connection: psycopg.Connection[Any]) -> str | None:
    """What may happen to a connection on its way, and what to do; None if it doesn't leave the machine, or is safe."""
    info = connection.info
    if info.host.startswith("/") or _is_loopback(info.hostaddr):
        return None
    where = f"the connection to PostgreSQL at {info.host}"
    if not connection.pgconn.ssl_in_use:
        return f"{where} is not encrypted: whoever is on the way can read and change it; {_REMEDY}"
    # By default a certificate is asked for, and whatever comes is taken.
    if info.get_parameters().get("sslmode") not in {"verify-ca", "verify-full"}:
        return f"{where} is encrypted, but its certificate is not verified, so it may be anybody's; {_REMEDY}"
    return None


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
