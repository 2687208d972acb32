"""A server that follows another one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from api.backups.programs import run_program
from api.postgres.embedded import EmbeddedServer
from api.postgres.system_user import give_tree


class Follower(EmbeddedServer):
    """A standby, which makes no database of its own."""

    def _create_database(self) -> None:
        """Leave that to the leader."""


def let_standbys_in(server: EmbeddedServer) -> None:
    """Have a server send its log; the embedded one lets nobody in but who started it."""
    access = server.data_dir / "pg_hba.conf"
    access.write_text("local replication all trust\n" + access.read_text())
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("select pg_reload_conf()")


@contextmanager
def following(leader: EmbeddedServer, name: str) -> Iterator[Follower]:
    """Run a standby of a name within the block."""
    with TemporaryDirectory(prefix="nestwerk-") as folder:
        source = leader.dsn.replace("/nestwerk?", "/postgres?")
        conninfo = psycopg.conninfo.make_conninfo(source, application_name=name)
        server = Follower(Path(folder), more={"primary_conninfo": conninfo, "hot_standby_feedback": "on"})
        let_standbys_in(leader)
        run_program("pg_basebackup", "-d", source, "-D", str(server.cluster), "--checkpoint=fast")
        (server.cluster / "standby.signal").touch()
        for of_leader in server.cluster.glob(".s.PGSQL.*"):
            of_leader.unlink()
        give_tree(server.cluster)
        with server:
            yield server
