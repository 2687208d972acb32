"""What the README files say is so: examples run, and nothing is left out."""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Final

import httpx
import psycopg
import pytest

from api.database.queries import STATEMENTS
from api.paths import ROOT, SQL_README
from api.postgres.programs import find_binary
from api.seed.seeding import seed
from tests.problems.catalogue import PROBLEMS

API: Final = (ROOT / "api" / "README.md").read_text()
# A block of examples, and the words behind it.
EXAMPLES: Final = re.findall(r"```bash\n(.*?)```\n(.*?)(?=\n\n|\Z)", API, re.DOTALL)
# curl as far as the examples need it, for machines that have none; it writes down what was answered.
CURL: Final = f"""#!{sys.executable}
import argparse, http.cookiejar, os, sys, urllib.error, urllib.request
parser = argparse.ArgumentParser()
parser.add_argument("-s", action="store_true")
for name in "cbdXow":
    parser.add_argument(f"-{{name}}")
parser.add_argument("-H", action="append", default=[])
parser.add_argument("url")
options = parser.parse_args()
jar = http.cookiejar.LWPCookieJar(options.b or options.c)
if options.b:
    jar.load(ignore_discard=True)
data = options.d.encode() if options.d is not None else None
headers = dict(header.split(": ", 1) for header in options.H)
request = urllib.request.Request(options.url, data, headers, method=options.X)
try:
    answer = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open(request, timeout=30)
except urllib.error.HTTPError as error:
    answer = error
with open(os.environ["ANSWERS"], "a") as answers:
    print(request.get_method(), options.url, answer.status, file=answers)
if options.c:
    jar.save(ignore_discard=True)
body = answer.read().decode()
if options.o is None:
    sys.stdout.write(body)
if options.w:
    sys.stdout.write(options.w.replace("%{{http_code}}", str(answer.status)).replace("\\\\n", "\\n"))
"""


@pytest.fixture
def answers(service: str, tmp_path: Path) -> list[tuple[str, list[int]]]:
    """The words behind each block of examples, and the statuses that its requests were answered with."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "curl").write_text(CURL)
    (tmp_path / "bin" / "curl").chmod(0o755)
    marked = "".join(f"echo block {number} >> $ANSWERS\n{block}" for number, (block, _) in enumerate(EXAMPLES))
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", re.sub("([Nn])oor", r"\1oor-reads", marked)],
        check=False, capture_output=True, text=True, timeout=60,
        env=os.environ | {
            "BASE": service, "ANSWERS": str(tmp_path / "answers"), "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        },
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    blocks = re.split(r"block \d+\n", (tmp_path / "answers").read_text())[1:]
    statuses = [[int(line.split()[2]) for line in block.splitlines()] for block in blocks]
    return [(words, found) for (_, words), found in zip(EXAMPLES, statuses, strict=True)]


def test_the_examples_are_answered_as_told(answers: list[tuple[str, list[int]]]) -> None:
    assert sum(len(statuses) for _, statuses in answers) > 20
    for words, statuses in answers:
        told = [int(number) for number in re.findall(r"\b2\d\d\b(?!\d)", words)]
        for place, status in enumerate(statuses):
            # Words that tell fewer statuses than there are requests leave out that a read is a 200.
            assert status in ({told[place]} if len(told) == len(statuses) else {*told, 200}), (words, statuses)


async def test_every_path_is_there(client: httpx.AsyncClient) -> None:
    document = (await client.get("/schema/openapi.json")).json()
    told = re.sub(r"\$(CHILD|GOAL)\b", "{id}", API)
    assert [path for path in document["paths"] if not re.search(rf"{re.escape(path)}(?![\w/{{-])", told)] == []


def test_every_problem_is_there() -> None:
    table = API.partition("| status | codes |")[2].partition("\n\n")[0]
    told = {
        code: status
        for line in table.splitlines()[2:]
        for status in re.findall(r"\d{3}", line.split("|")[1])
        for code in re.findall(r"`([a-z_]+)`", line)
    }
    assert told.keys() == PROBLEMS.keys()
    for code, problem in PROBLEMS.items():
        line = next(line for line in table.splitlines() if f"`{code}`" in line)
        assert str(problem.status) in line.split("|")[1], code


def test_a_statement_that_is_tried_in_psql_is_taken_back(dsn: str, tmp_path: Path) -> None:
    passage = SQL_README.read_text().partition("takes back what it changes:\n")[2].partition("psql puts")[0]
    pasted = textwrap.dedent(passage)
    assert f"\n{STATEMENTS['delete_child_profile'].source};\n" in pasted
    seed(dsn, families=5, sessions=0, token_path=tmp_path / "sessions.tsv")
    with psycopg.connect(dsn, autocommit=True) as connection:
        [(profile, child)] = connection.execute("select parent_profile_id, id from child_profiles limit 1").fetchall()
        # The example's ids are those of a database that was just filled.
        pasted = pasted.replace("profile_id 1\n", f"profile_id {profile}\n").replace("id 1\n", f"id {child}\n")
        command = [str(find_binary("psql")), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", dsn]
        ran = subprocess.run(command, input=pasted, check=False, capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert re.fullmatch(r"BEGIN\n.*\nDELETE 1\nROLLBACK\n", ran.stdout, re.DOTALL)
        assert connection.execute("select from child_profiles where id = %s", [child]).rowcount == 1


def test_every_recipe_is_there() -> None:
    just = Path(sys.executable).with_name("just")
    dump = subprocess.run([just, "--dump", "--dump-format", "json"], cwd=ROOT, check=True, capture_output=True).stdout
    recipes = {name for name, recipe in json.loads(dump)["recipes"].items() if not recipe["private"]}
    table = (ROOT / "README.md").read_text().partition("| recipe | what it does |")[2].partition("\n\n")[0]
    told = {code.split()[0] for cell in re.findall(r"^\|([^|]*)\|", table, re.MULTILINE) for code in _quoted(cell)}
    assert told == recipes


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)
