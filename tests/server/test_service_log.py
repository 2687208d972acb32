"""What a service logs of requests, statements, faults and accounts, and what it tells a collector of traces."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from secrets import token_hex

import httpx
import psycopg
import pytest

from api.database.aliases import Connection
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts, Parent
from tests.auth.logins import PASSWORD, log_in, new_address, new_name, register, shut_out
from tests.family_resources.resources import CHILDREN, add
from tests.mail.links import mail_about, token_in
from tests.password_resets.resets import token_for
from tests.server.logged_service import SLOW_MS, LoggedService, logged_service
from tests.server.marks import send_marks, send_passwords, send_refused
from tests.waiting import until, until_waiting

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


@pytest.fixture(scope="module")
def served(cluster: EmbeddedServer, dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoggedService]:
    with logged_service(cluster, tmp_path_factory.mktemp("log") / "log") as service:
        yield service


@pytest.fixture
async def accounts(served: LoggedService, database: Connection) -> AsyncIterator[Accounts]:
    async with Accounts(served.address, database) as made:
        yield made


@pytest.fixture
async def parent(accounts: Accounts) -> Parent:
    return await accounts.parent()


def request_id(answer: httpx.Response) -> str:
    return answer.headers["x-request-id"]


async def test_a_request(served: LoggedService, parent: Parent) -> None:
    child = await add(parent, CHILDREN)
    answer = await parent.client.get(f"{CHILDREN.path}/{child['id']}", headers={"X-Request-ID": "given-1"})
    line = served.line(request_id=request_id(answer))
    assert line["ms"] > 0
    assert line == {
        "ts": line["ts"],
        "level": "debug",
        "logger": "api.http.application",
        "message": "request",
        "event": "request",
        "request_id": "given-1",
        "method": "GET",
        "route": "/api/child-profiles/{id}",
        "status": 200,
        "user_id": parent.user_id,
        "ms": line["ms"],
        "pid": line["pid"],
    }


async def test_a_fault_is_one_line_with_what_it_happened_to(served: LoggedService, parent: Parent, dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("revoke delete on parenting_goals from nestwerk_service")
        try:
            answer = await parent.client.delete("/api/parenting-goals/1")
        finally:
            connection.execute("grant delete on parenting_goals to nestwerk_service")
    assert answer.status_code == 500
    line = served.line(event="unexpected_error")
    assert (line["level"], line["request_id"], line["user_id"]) == ("error", request_id(answer), parent.user_id)
    assert (line["route"], line["statement"]) == ("/api/parenting-goals/{id}", "delete_parenting_goal")
    assert (line["error"], line["sqlstate"]) == ("InsufficientPrivilegeError", "42501")
    assert line["stack"][0] == "InsufficientPrivilegeError"
    assert any(frame.startswith("api/database/query.py:") for frame in line["stack"])


async def test_what_waits_for_a_lock_is_slow(served: LoggedService, parent: Parent, database: Connection) -> None:
    child = await add(parent, CHILDREN)
    path = f"{CHILDREN.path}/{child['id']}"
    async with database.transaction():
        await database.execute("select from child_profiles where id = $1 for update", child["id"])
        waiting = asyncio.create_task(parent.client.patch(path, json={"name": "Bram"}))
        await until_waiting(database, "update_child_profile")
        await asyncio.sleep(2 * SLOW_MS / 1000)
    answer = await waiting
    assert answer.status_code == 200
    slow = served.line(event="slow_request", request_id=request_id(answer))
    assert (slow["level"], slow["status"], slow["user_id"]) == ("warning", 200, parent.user_id)
    assert slow["ms"] > SLOW_MS
    statement = served.line(event="slow_statement", statement="update_child_profile")
    assert (statement["level"], statement["calls"]) == ("warning", 1)
    assert statement["ms"] + statement["wait_ms"] > SLOW_MS
    assert statement["request_id"] == request_id(answer)


async def test_a_slow_client_is_no_slow_request(served: LoggedService) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'{"username": "noor",'
        await asyncio.sleep(1.5 * SLOW_MS / 1000)
        yield b'"password": 1}'

    async with httpx.AsyncClient(base_url=served.address, timeout=30, verify=False) as client:
        answer = await client.post("/api/login", content=body(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    line = served.line(request_id=request_id(answer))
    assert (line["event"], line["ms"] > SLOW_MS) == ("request", True)


async def test_what_a_constraint_refuses_that_no_problem_knows(
    served: LoggedService, parent: Parent, database: Connection
) -> None:
    constraint = f"parenting_goals_{parent.user_id}_check"
    check = f"add constraint {constraint} check (parent_profile_id <> {parent.parent_profile_id}) not valid"
    await database.execute(f"alter table parenting_goals {check}")
    try:
        answer = await parent.client.post("/api/parenting-goals", json={"title": "Slapen"})
    finally:
        await database.execute(f"alter table parenting_goals drop constraint {constraint}")
    line = served.line(event="database_error", request_id=request_id(answer))
    assert (answer.status_code, line["level"], line["message"]) == (400, "warning", "refused by the database")
    assert (line["statement"], line["error"], line["sqlstate"]) == (
        "add_parenting_goal",
        "CheckViolationError",
        "23514",
    )
    assert (line["constraint"], line["user_id"]) == (constraint, parent.user_id)


async def test_security_events(served: LoggedService, accounts: Accounts, database: Connection) -> None:
    name, address = new_name(), new_address()
    async with httpx.AsyncClient(base_url=served.address, timeout=30, verify=False) as client:
        registered = await register(client, name)
        user_id = registered.json()["user"]["id"]
        email = {"email": f"other-{name}@example.org", "currentPassword": PASSWORD}
        change = {"oldPassword": PASSWORD, "newPassword": f"{PASSWORD} dan ooit"}
        for answer, status in [
            (await log_in(client, name, "wrong"), 401),
            (await log_in(client, new_name(), "wrong"), 401),
            (await client.patch("/api/users/me", json=email), 200),
            (await client.patch("/api/users/me", json={"profilePicture": None}), 200),
            (await client.post("/api/users/me/password", json=change | {"oldPassword": "wrong"}), 400),
            (await client.post("/api/users/me/password", json=change), 204),
            (await client.delete("/api/sessions"), 204),
            (await client.post("/api/logout"), 200),
            (await client.post("/api/logout"), 200),
            (await log_in(client, name, change["newPassword"]), 200),
            (await client.delete(f"/api/sessions/{(await client.get('/api/sessions')).json()['items'][0]['id']}"), 204),
        ]:
            assert answer.status_code == status, answer.text
        client.cookies.clear()  # a device that is known has a limit of its own
        await shut_out(database, name, address)
        throttled = await log_in(client, name, address=address)
        assert throttled.status_code == 429
    until(lambda: served.lines(event="throttled"))
    events = served.lines(logger="api.security")
    assert [(line["event"], line.get("user_id")) for line in events] == [
        ("registered", user_id),
        ("login_refused", user_id),
        ("login_refused", None),
        ("email_change_asked", user_id),
        ("old_password_refused", user_id),
        ("password_changed", user_id),
        ("sessions_ended", user_id),
        ("logged_out", user_id),
        ("logged_in", user_id),
        ("session_ended", user_id),
        ("throttled", user_id),
    ]
    assert all({"request_id", "route", "method"} <= line.keys() for line in events)
    assert {line["level"] for line in events if line["event"] in {"login_refused", "throttled"}} == {"warning"}


async def test_links_of_mails_are_told_without_their_tokens(served: LoggedService, parent: Parent) -> None:
    email = f"{parent.username}@example.org"
    assert (await parent.client.post("/api/users/me/email/confirmation")).status_code == 200
    confirmation = token_in(await mail_about(email, "Bevestig je e-mailadres"))
    reset = await token_for(parent.client, email)
    assert (await parent.client.get(f"/confirm-email/{confirmation}")).status_code == 200
    assert (await parent.client.post(f"/confirm-email/{confirmation}")).status_code == 200
    answer = await parent.client.post(f"/api/confirm-email/{confirmation}")
    assert served.line(request_id=request_id(answer))["route"] == "/api/confirm-email/{token}"
    answer = await parent.client.post(f"/api/reset-password/{reset}", json={"password": f"{PASSWORD} dan ooit"})
    assert answer.status_code == 200
    events = [line["event"] for line in served.lines(logger="api.security", user_id=parent.user_id, method="POST")]
    # That it was asked for is told by whichever service sent the mail.
    assert events == ["email_confirmed", "password_reset"]
    told = served.output + served.by_postgresql
    assert [token for token in (confirmation, reset) if token in told] == []


async def test_a_trace_goes_through_the_request_to_its_statement(served: LoggedService, parent: Parent) -> None:
    child = await add(parent, CHILDREN)
    answer = await parent.client.get(f"{CHILDREN.path}/{child['id']}", headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})
    version, trace_id, span_id, flags = answer.headers["traceparent"].split("-")
    assert (version, trace_id, flags) == ("00", TRACE, "01")
    assert span_id != SPAN
    line = served.line(request_id=request_id(answer))
    assert (line["trace_id"], line["span_id"]) == (TRACE, span_id)
    until(lambda: len(served.collector.of_trace(TRACE)) >= 2)
    [request] = [span for span in served.collector.of_trace(TRACE) if span.span_id.hex() == span_id]
    assert (request.name, request.parent_span_id.hex()) == ("GET /api/child-profiles/{id}", SPAN)
    statements = [span for span in served.collector.of_trace(TRACE) if span is not request]
    assert "get_child_profile" in {span.name for span in statements}
    assert {span.parent_span_id for span in statements} == {request.span_id}


async def test_the_documentation_is_asked_for_as_anything_else(served: LoggedService) -> None:
    trace = token_hex(16)
    async with httpx.AsyncClient(base_url=served.address, timeout=30, verify=False) as client:
        answer = await client.get("/schema", headers={"traceparent": f"00-{trace}-{SPAN}-01"})
    line = served.line(request_id=request_id(answer), event="request")
    assert (line["route"], line["status"]) == ("/schema", 200)
    until(lambda: served.collector.of_trace(trace))
    assert [span.name for span in served.collector.of_trace(trace)] == ["GET /schema"]


async def test_a_merged_execution_and_its_callers_link_to_each_other(
    served: LoggedService, parent: Parent, database: Connection
) -> None:
    child = await add(parent, CHILDREN)
    path, headers = f"{CHILDREN.path}/{child['id']}", {"traceparent": f"00-{TRACE[::-1]}-{SPAN}-01"}
    # While the first ones wait, the others come together.
    async with database.transaction():
        await database.execute("lock table child_profiles in access exclusive mode")
        asking = [asyncio.ensure_future(parent.client.get(path, headers=headers)) for _ in range(20)]
        await until_waiting(database, "get_child_profile")
        await asyncio.sleep(0.2)
    answers = await asyncio.gather(*asking)
    callers = {answer.headers["traceparent"].split("-")[2] for answer in answers}

    def merged() -> list[tuple[set[str], str]]:
        return [
            ({link.span_id.hex() for link in span.links}, span.span_id.hex())
            for span in served.collector.spans
            if span.name == "get_child_profile" and span.links
        ]

    until(merged)
    [linked, execution] = merged()[0]
    assert len(linked) > 1
    assert linked <= callers
    until(lambda: linked <= {span.span_id.hex() for span in served.collector.spans})
    for span in served.collector.of_trace(TRACE[::-1]):
        if span.span_id.hex() in linked:
            assert execution in {link.span_id.hex() for link in span.links}


@pytest.mark.parametrize(
    ("header", "answered"),
    [
        (f"00-{TRACE}-{SPAN}-00", True),
        (f"cc-{TRACE}-{SPAN}-00-later", True),
        (f"00-{TRACE}-{SPAN}-00-more", False),
        (f"00-{TRACE.upper()}-{SPAN}-00", False),
        (f"00-{'0' * 32}-{SPAN}-00", False),
        (f"00-{TRACE}-{'0' * 16}-00", False),
        (f"ff-{TRACE}-{SPAN}-00", False),
        ("geheim", False),
    ],
)
async def test_a_trace_that_is_not_recorded_is_named_and_a_malformed_one_ignored(
    served: LoggedService, header: str, *, answered: bool
) -> None:
    async with httpx.AsyncClient(base_url=served.address, timeout=30, verify=False) as client:
        answer = await client.get("/health/live", headers={"traceparent": header})
    line = served.line(request_id=request_id(answer))
    if answered:
        assert answer.headers["traceparent"] == f"00-{TRACE}-{line['span_id']}-00"
        assert line["trace_id"] == TRACE
    else:
        assert "traceparent" not in answer.headers
        assert "trace_id" not in line
    assert request_id(answer).encode() not in served.collector.received


async def test_no_log_and_no_span_has_anything_that_clients_send(
    served: LoggedService, accounts: Accounts, parent: Parent, database: Connection, dsn: str
) -> None:
    mark = f"geheim{token_hex(6)}"
    async with httpx.AsyncClient(
        base_url=served.address, timeout=30, verify=False, headers={"traceparent": f"00-{TRACE}-{SPAN}-01"}
    ) as client:
        await send_marks(client, parent, (await client.get("/schema/openapi.json")).json(), mark)
        for answer, status in await send_refused(await accounts.parent(), await accounts.parent(), mark):
            assert answer.status_code == status, answer.text
        answers = await send_passwords(client, mark)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("revoke insert on parenting_goals from nestwerk_service")
            try:
                faulty = await parent.client.post("/api/parenting-goals", json={"title": mark})
            finally:
                connection.execute("grant insert on parenting_goals to nestwerk_service")
        assert faulty.status_code == 500
        erased = await client.request("DELETE", "/api/users/me", json={"password": f"Een nieuwe zin met {mark}"})
        assert erased.status_code == 204
        # It runs into PostgreSQL's own limit of time.
        async with database.transaction():
            await database.execute("lock table parent_profiles")
            late = await parent.client.patch("/api/parent-profile", json={"bio": mark})
        assert late.status_code == 503
    served.line(request_id=request_id(late), event="database_error")
    tokens = [cookie for answer in answers for cookie in answer.cookies.values()]
    secrets = [mark, *tokens, answers[-1].json()["token"], parent.token]
    for place, text in {
        "the service": served.output,
        "PostgreSQL": served.by_postgresql,
        "spans": served.collector.received.decode(errors="replace"),
    }.items():
        found = [line[:300] for line in text.splitlines() if any(secret in line for secret in secrets)]
        assert found == [], place
    # All of that was logged, by PostgreSQL too.
    assert {"/api/login", "/api/child-profiles/{id}"} <= {line.get("route") for line in served.lines()}
    assert "execute __asyncpg" in served.by_postgresql
    assert re.search(r"Query Text: \w+ /\* add_parenting_goal \*/", served.by_postgresql)
