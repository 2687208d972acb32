"""The README files are true: their examples run, and they are complete."""

import json
import os
import re
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, get_args
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from api.auth.security_events import Event
from api.database.queries import STATEMENTS
from api.paths import ROOT, SQL_README
from api.postgres.programs import find_binary
from api.seed.seeding import seed
from tests.curl import CURL, Call, Curl, listening
from tests.mail.mailbox import mailbox
from tests.problems.catalogue import PROBLEMS

API: Final = (ROOT / "api" / "README.md").read_text()
# A block of examples, and the text after it.
EXAMPLES: Final = re.findall(r"```bash\n(.*?)```\n(.*?)(?=\n\n|\Z)", API, re.DOTALL)
# What a browser has to sign; and what is done with suggestions, of which the tests' service makes none.
UNCALLED: Final = {
    ("POST", "/api/passkeys"),
    ("POST", "/api/passkeys/login"),
    ("PATCH", "/api/passkeys/{id}"),
    ("DELETE", "/api/passkeys/{id}"),
    *(("POST", f"/api/suggestions/{{id}}/{act}") for act in ("dismiss", "feedback", "use")),
}


@pytest.fixture
def answers(service: str, tmp_path: Path) -> list[tuple[str, list[Call]]]:
    """The text after each block of examples, and its calls."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "curl").write_text(CURL)
    (tmp_path / "bin" / "curl").chmod(0o755)
    marked = "".join(f"curl block\n{block}" for block, _ in EXAMPLES)
    curl = Curl()
    with mails_as_files(tmp_path / "mail"), listening(curl) as port:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", re.sub("([Nn])oor", r"\1oor-reads", marked)],
            check=False, capture_output=True, text=True, timeout=60,
            env=os.environ | {
                "BASE": service, "CURL_PORT": str(port), "MAILS": str(tmp_path / "mail"),
                "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            },
        )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr + ran.stdout
    return [(words, made) for (_, words), made in zip(EXAMPLES, curl.blocks, strict=True)]


@contextmanager
def mails_as_files(folder: Path) -> Iterator[None]:
    """Within the block, each mail to somebody of the examples becomes a file, as without a mail server."""
    folder.mkdir()
    seen, done = len(mailbox.received), threading.Event()

    def write() -> None:
        written = seen
        while not done.wait(0.05):
            for recipient, mail in mailbox.received[written:]:
                written += 1
                if "-reads@" in recipient:
                    (folder / f"{written}.eml").write_bytes(mail.as_bytes())

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


async def test_the_examples_call_every_endpoint_and_are_answered_as_documented(
    answers: list[tuple[str, list[Call]]], client: httpx.AsyncClient
) -> None:
    for words, calls in answers:
        documented = re.findall(r"\b(?:2\d\d|304|412)\b(?!\d)", words)
        statuses = [call.status for call in calls]
        # A text with fewer statuses than requests leaves out the 200 of reads.
        assert statuses == documented or (len(statuses) != len(documented) and set(statuses) <= {*documented, "200"}), (
            words,
            statuses,
        )
    called = {(call.method, urlsplit(call.url).path) for _, calls in answers for call in calls}
    paths = (await client.get("/schema/openapi.json")).json()["paths"]
    never = {
        (method.upper(), path)
        for path, item in paths.items()
        for method in item
        if not any(verb == method.upper() and re.fullmatch(_pattern(path), url) for verb, url in called)
    }
    assert never == UNCALLED


def _pattern(path: str) -> str:
    return re.sub(r"\{\w+\}", "[^/]+", path)


def test_every_problem_is_documented() -> None:
    table = API.partition("| status | codes |")[2].partition("\n\n")[0]
    documented = {
        code: status
        for line in table.splitlines()[2:]
        for status in re.findall(r"\d{3}", line.split("|")[1])
        for code in re.findall(r"`([a-z_]+)`", line)
    }
    assert documented.keys() == PROBLEMS.keys()
    for code, problem in PROBLEMS.items():
        line = next(line for line in table.splitlines() if f"`{code}`" in line)
        assert str(problem.status) in line.split("|")[1], code


def test_the_psql_example_rolls_its_statement_back(dsn: str, tmp_path: Path) -> None:
    passage = SQL_README.read_text().partition("takes back what it changes:\n")[2].partition("psql puts")[0]
    pasted = textwrap.dedent(passage)
    assert f"\n{STATEMENTS['end_session'].source};\n" in pasted
    seed(dsn, families=5, sessions=1, token_path=tmp_path / "sessions.tsv")
    with psycopg.connect(dsn, autocommit=True) as connection:
        [(user, session)] = connection.execute("select user_id, id from sessions limit 1").fetchall()
        # The example's ids are those of a newly seeded database.
        pasted = pasted.replace("user_id 1\n", f"user_id {user}\n").replace(" id 1\n", f" id {session}\n")
        command = [str(find_binary("psql")), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", dsn]
        ran = subprocess.run(command, input=pasted, check=False, capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert re.fullmatch(r"BEGIN\n.*\(1 row\)\n\nROLLBACK\n", ran.stdout, re.DOTALL)
        assert connection.execute("select from sessions where id = %s", [session]).rowcount == 1


@pytest.mark.parametrize(
    "path", ["README.md", "api/README.md", "api/ARCHITECTURE.md", "api/checks/README.md", "sql/README.md"]
)
def test_every_link_leads_to_a_file_and_its_heading(path: str) -> None:
    text = (ROOT / path).read_text()
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        name, _, heading = link.partition("#")
        target = (ROOT / path).parent / name if name else ROOT / path
        assert target.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.*)", target.read_text(), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}, link


def test_every_security_event_is_documented() -> None:
    passage = (ROOT / "README.md").read_text().partition("`api.security` says")[2].partition("\n\n")[0]
    assert set(get_args(Event)) <= set(_quoted(passage))


def test_every_recipe_is_documented() -> None:
    just = Path(sys.executable).with_name("just")
    dump = subprocess.run([just, "--dump", "--dump-format", "json"], cwd=ROOT, check=True, capture_output=True).stdout
    recipes = {name for name, recipe in json.loads(dump)["recipes"].items() if not recipe["private"]}
    table = (ROOT / "README.md").read_text().partition("| recipe | what it does |")[2].partition("\n\n")[0]
    documented = {
        code.split()[0] for cell in re.findall(r"^\|([^|]*)\|", table, re.MULTILINE) for code in _quoted(cell)
    }
    assert documented == recipes


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)
