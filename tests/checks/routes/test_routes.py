"""What routes declare of problems, and make of their arguments: the tree has no faults, and planted ones are named."""

import copy
from types import SimpleNamespace
from typing import Any, Final

import msgspec
import pytest

from api.app import unserved_app
from api.checks.routes.check import check_routes
from api.checks.routes.violations import read_violations
from api.checks.sql.ast import parse_sql
from api.child_profiles.facts import CHILD_PROFILE_NOT_FOUND, ROUTINES_TOO_LARGE, TOO_MANY_CHILDREN
from api.child_profiles.queries import sql
from api.child_profiles.routes import BY_ID
from api.database.aliases import Connection
from api.database.queries import bound_queries
from api.http.openapi.document import documented_routes
from api.problems.problem import Problem
from api.problems.types import CONSENT_REQUIRED

ROUTES: Final = documented_routes(unserved_app())


async def test_the_tree_has_no_faults(database: Connection) -> None:
    assert check_routes(await read_violations(database), bound_queries(), ROUTES) == []
    assert len(ROUTES) > 50


@pytest.mark.long
async def test_problems_that_are_not_declared_are_named(database: Connection) -> None:
    """All of those that statements raise: not those that the code of a route raises by itself."""
    violations = await read_violations(database)
    named: dict[str, set[str]] = {}
    for route in ROUTES:
        endpoint = SimpleNamespace(fn=route.endpoint.fn, problems=())
        faults = check_routes(violations, bound_queries(), [route._replace(endpoint=endpoint)])  # type: ignore[arg-type]
        named[route.endpoint.fn.__name__] = {fault.what.split()[1] for fault in faults}
    assert named["update_child_profile"] == {"consent_required", "child_profile_not_found", "routines_too_large"}
    assert named["add_child_profiles"] >= {"consent_required", "too_many_children", "parent_profile_required"}
    assert named["save_onboarding_progress"] >= {"consent_required", "onboarding_too_large", "too_many_goals"}
    assert named["register"] == {"username_taken"}
    assert named["list_child_profiles"] == named["update_parenting_goal"] - {"parenting_goal_not_found"} == set()
    # Of all problems that routes declare, besides what their code raises.
    assert sum(map(len, named.values())) > 30


# Routes as somebody in a hurry would write them.


async def forgets_the_cursor(caller: Any, limit: int, cursor: str | None) -> Any:
    rows = await sql.list_child_profiles(parent_profile_id=caller.parent_profile_id, after=0, count=limit + 1)
    return BY_ID.page(rows, limit)


async def begins_anew(caller: Any, limit: int, cursor: str | None) -> Any:
    (after,) = BY_ID.after(cursor)  # noqa: RUF059
    rows = await sql.list_child_profiles(parent_profile_id=caller.parent_profile_id, after=0, count=limit + 1)
    return BY_ID.page(rows, limit)


async def goes_on(caller: Any, limit: int, cursor: str | None) -> Any:
    (after,) = BY_ID.after(cursor)
    rows = await sql.list_child_profiles(parent_profile_id=caller.parent_profile_id, after=after, count=limit + 1)
    return BY_ID.page(rows, limit)


async def removes(caller: Any, id: int) -> None:
    await _remove(caller, id)


async def _remove(caller: Any, id: int) -> None:
    await sql.delete_child_profile(parent_profile_id=caller.parent_profile_id, id=id, versions=None)


async def removes_if_there(caller: Any, id: int) -> None:
    try:
        await _remove_quietly(caller, id)
    except Problem:
        return


async def _remove_quietly(caller: Any, id: int) -> None:
    try:
        await sql.delete_child_profile(parent_profile_id=caller.parent_profile_id, id=id, versions=None)
    except Problem:
        return


@pytest.mark.parametrize(
    ("function", "problems", "said"),
    [
        (forgets_the_cursor, [], ["use cursor, or leave it out: what clients give there would change nothing"]),
        (begins_anew, [], ["use after, or leave it out: what clients give there would change nothing"]),
        (goes_on, [], []),
        (
            goes_on,
            [TOO_MANY_CHILDREN],
            ["take too_many_children out of the problems of the route: nothing that it calls raises it"],
        ),
        (removes, [CHILD_PROFILE_NOT_FOUND], []),
        (
            removes,
            [CONSENT_REQUIRED],
            [
                "add child_profile_not_found to the problems of the route: delete_child_profile can raise it",
                "take consent_required out of the problems of the route: nothing that it calls raises it",
            ],
        ),
        (removes_if_there, [], []),
    ],
)
async def test_planted_faults_are_named(
    database: Connection, function: Any, problems: list[Any], said: list[str]
) -> None:
    route: Any = SimpleNamespace(endpoint=SimpleNamespace(fn=function, problems=problems))
    found = check_routes(await read_violations(database), bound_queries(), [route])
    assert [fault.what for fault in found] == said


# Events, as a statement of a request may record them, and whether they say from where it came.
EVENTS: Final = {
    "insert into audit_events (user_id, actor_kind, event, network) values (1, 'user', 'exported', $1)": True,
    "with e as (insert into audit_events (user_id, network) select 1, $1 returning id) select id from e": True,
    "select network from audit_events": True,
    "insert into audit_events (user_id, actor_kind, event) values (1, 'user', 'exported')": False,
    "with e as (insert into audit_events (user_id) select 1 returning id, network) select id from e": False,
}


@pytest.mark.parametrize("text", EVENTS)
async def test_events_say_from_where_their_requests_came(
    database: Connection, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    [exports] = [each for each in bound_queries() if each.statement.name == "begin_export"]
    monkeypatch.setattr(exports, "statement", msgspec.structs.replace(exports.statement, text=text))
    violations = await read_violations(database)
    # Whether a route runs it or a job, as that of mails.
    found = [fault.what for fault in check_routes(violations, [exports], [])]
    said = "give audit_events the network of the client: who finds there what they didn't do looks for it"
    assert found == ([] if EVENTS[text] else [said])


@pytest.mark.parametrize(
    ("missing", "constraints", "said"),
    [
        (
            CHILD_PROFILE_NOT_FOUND,
            {"child_profiles_limits": ROUTINES_TOO_LARGE},
            (
                "correct child_profiles_limits in the constraints of its `bind`, or take it out:"
                " the schema has none of that name"
            ),
        ),
        *(
            (
                CHILD_PROFILE_NOT_FOUND,
                {name: TOO_MANY_CHILDREN},
                f"take {name} out of the constraints of its `bind`: none of its statements can violate it",
            )
            for name in ("parenting_goals_limit", "users_email_check", "suggestions_slug_fkey")
        ),
        (
            CHILD_PROFILE_NOT_FOUND,
            {"child_profiles_limit": "too_many_children"},
            "give child_profiles_limit a ProblemType of a facts.py in its `bind`: 'too_many_children' is none",
        ),
        ("not_found", {}, "give missing a ProblemType of a facts.py in its `bind`: 'not_found' is none"),
    ],
)
async def test_what_a_bind_cannot_be_given_is_named_once(
    database: Connection, missing: Any, constraints: dict[str, Any], said: str
) -> None:
    bound = [copy.copy(each) for each in bound_queries() if each.statement.path.stem == "child_profiles"]
    constraints = {**bound[0].constraints, **constraints}
    for query in bound:
        query.constraints = constraints
        query.missing = missing
    assert [fault.what for fault in check_routes(await read_violations(database), bound, [])] == [said]


NAPS: Final = """
create table cots (id bigint primary key, title text constraint cots_title_check check (title <> ''));
create table naps (
  id bigint primary key,
  cot_id bigint constraint naps_cot_id_fkey references cots on delete cascade,
  constraint naps_check check (id > 0)
);
create table dreams (
  nap_id bigint constraint dreams_nap_id_fkey references naps,
  cot_id bigint constraint dreams_cot_id_fkey references cots on delete set null,
  constraint dreams_check check (nap_id > 0 or cot_id > 0)
);
create function keep_naps() returns trigger language plpgsql as
  $$ begin update naps set id = 1; return null; end; $$;
create function move_naps() returns integer language plpgsql as $$ begin execute 'anything'; return 1; end; $$;
create function keep_beds() returns trigger language plpgsql as
  $$ begin raise check_violation using constraint = 'beds_kept'; end; $$;
create table beds (id bigint, constraint beds_check check (id > 0));
create trigger beds_naps after insert on beds for each row execute function keep_naps();
create trigger beds_kept before delete on beds for each row execute function keep_beds();
"""
# What a statement may violate, and what not.
WRITES: Final = {
    "delete from naps": ("dreams_nap_id_fkey", "naps_check"),
    "update naps set id = 2": ("dreams_nap_id_fkey", "naps_cot_id_fkey"),
    "update naps set cot_id = 2": ("naps_cot_id_fkey", "dreams_nap_id_fkey"),
    "insert into naps (id) values (1)": ("naps_check", "dreams_nap_id_fkey"),
    "merge into naps using beds on true when matched then delete": ("dreams_nap_id_fkey", "naps_check"),
    # By rows that go with the others, or lose their key; and not otherwise.
    "delete from cots": ("dreams_nap_id_fkey", "cots_title_check"),
    "delete from cots as cot": ("dreams_check", "naps_check"),
    "update cots set title = ''": ("cots_title_check", "dreams_check"),
    # By a trigger, which updates don't fire, and by a function.
    "insert into beds values (1)": ("naps_check", "cots_title_check"),
    "update beds set id = 2": ("beds_check", "naps_check"),
    "delete from beds": ("beds_kept", "beds_check"),
    "update beds set id = 3": ("beds_check", "beds_kept"),
    "select move_naps()": ("cots_title_check", ""),
    "delete from consent_texts": ("consents_purpose_version_fkey", "consents_purpose_check"),
    "update users set password = ''": ("users_password_check", "sessions_user_id_fkey"),
}


async def test_a_bind_takes_what_its_statements_may_violate(database: Connection) -> None:
    transaction = database.transaction()
    await transaction.start()
    await database.execute(NAPS)
    violations = await read_violations(database)
    await transaction.rollback()
    for text, (violated, other) in WRITES.items():
        found = violations.at_most(parse_sql(text)[0])
        assert (text, violated in found, other in found) == (text, True, False)
