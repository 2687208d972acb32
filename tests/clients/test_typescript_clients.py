"""Clients in TypeScript, of openapi-typescript with openapi-fetch, of hey-api and of orval, call every operation.

The compiler checks that they know the type of each answer.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Final

import httpx
import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.clients.calls import calls
from tests.clients.typescript import DIALECTS, program
from tests.installed import installed
from tests.pictures.images import PNG

PACKAGES: Final = (
    "@hey-api/openapi-ts@0.95.0",
    "esbuild@0.25.12",
    "openapi-fetch@0.17.0",
    "openapi-typescript@7.13.0",
    "orval@7.13.2",
    "typescript@5.9.3",
)
COMPILER: Final = {
    "strict": True,
    "noEmit": True,
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "lib": ["es2023", "dom", "dom.iterable"],
    "types": [],
}


@pytest.fixture(scope="module")
def project(service: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the document, what is generated of it, and a compiler."""
    npm, folder = installed("npm", "the dependency group `clients`"), tmp_path_factory.mktemp("typescript")
    (folder / "openapi.json").write_bytes(httpx.get(f"{service}/schema/openapi.json").content)
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": COMPILER, "include": ["*.ts", "*/**/*.ts"]}))
    command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", *PACKAGES]
    ran = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if ran.returncode and not os.environ.get("SKIP_NOTHING"):
        pytest.skip(f"npm can't install the generators: {ran.stderr[-500:]}")
    assert ran.returncode == 0, ran.stderr
    run(folder, "openapi-typescript", "openapi.json", "-o", "schema.d.ts")
    run(folder, "openapi-ts", "-i", "openapi.json", "-o", "hey")
    run(folder, "orval", "--input", "openapi.json", "--output", "orval/api.ts", "--client", "fetch")
    return folder


def run(project: Path, program: str, *arguments: str) -> str:
    command = [str(project / "node_modules" / ".bin" / program), *arguments]
    ran = subprocess.run(command, cwd=project, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.long
@pytest.mark.parametrize("kind", DIALECTS)
async def test_every_operation(
    kind: str, project: Path, service: str, accounts: Accounts, database: Connection
) -> None:
    made = [call async for call in calls(service, accounts, database, PNG)]
    (project / f"{kind}.ts").write_text(program(DIALECTS[kind], service, made))
    run(project, "tsc", "-p", ".")
    run(project, "esbuild", f"{kind}.ts", "--bundle", "--platform=node", "--format=esm", "--outdir=built")
    told = json.loads(node(project / "built" / f"{kind}.js"))
    assert told.keys() == {call.id for call in made}
    for call in made:
        status, data = told[call.id]["status"], told[call.id].get("data")
        # hey-api and orval make an empty object of an empty body.
        assert (data not in (None, {})) == call.results()[status], call.id


def node(script: Path) -> str:
    ran = subprocess.run(
        [installed("node", "the dependency group `clients`"), script], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
