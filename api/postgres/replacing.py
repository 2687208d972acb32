"""Puts another cluster in the place of a data directory's: prepared beside it, then renamed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from api.atomic_write import sync_folder
from api.backup_age import TIME_FORMAT
from api.postgres.cluster import KEPT, PREPARED
from api.postgres.embedded import EmbeddedServer
from api.postgres.postmaster import Postmaster


@contextmanager
def prepared_cluster(data_dir: Path) -> Iterator[Path]:
    """A data directory within another one, for the cluster that is to replace its own; it's removed after the block."""
    folder = data_dir / PREPARED
    # A killed one may have left its server.
    Postmaster(folder / "postgres").stop()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def replace_cluster(server: EmbeddedServer, prepared: EmbeddedServer, why: str) -> Path | None:
    """Put a cluster in the place of another one, both stopped and ours; returns where the replaced one is now."""
    kept = None
    if server.cluster.exists():
        kept = server.cluster.with_name(f"{KEPT}{why}-{datetime.now(UTC):{TIME_FORMAT}}")
        server.cluster.rename(kept)
    prepared.cluster.rename(server.cluster)
    sync_folder(server.data_dir)
    return kept
