"""What statements make of the nulls of their parameters: what makes no sense is named, all else is accepted."""

from typing import Any, Final

import msgspec
import pytest

from api.app import load_routers
from api.checks.contract.null_parameters import check_null_parameters, null_faults
from api.checks.sql.ast import parse_sql
from api.database.queries import bound_queries
from api.database.statements.parameters import substitute
from tests.checks.sql.statements import statement_of

load_routers()

FINDS_NOTHING: Final = ":name may be null, and finds nothing then: declare it without `| None`, or say what to do"
ASKS: Final = ":name is never null by its declaration: say `| None` there, or leave this out"
BATCH: Final = "unnest(:name::text[], :id::bigint[]) with ordinality as wanted (name, id, call)"
# Statements whose :name may be null.
NULLABLE: Final = {
    "select id from users where username = :name": FINDS_NOTHING,
    "select id from users where id = :id and username = :name::text": FINDS_NOTHING,
    "select id from users where :name < username": FINDS_NOTHING,
    "select id from users where username like :name": FINDS_NOTHING,
    "select id from users where username between :name and 'z'": FINDS_NOTHING,
    "delete from users where username = :name": FINDS_NOTHING,
    "update users set email = '' where username = :name": FINDS_NOTHING,
    "select id from users where username in (:name)": FINDS_NOTHING,
    "select id from users where username = any(:name::text[])": FINDS_NOTHING,
    "select id from users join sessions on username = :name": FINDS_NOTHING,
    "select id from users where username is not distinct from :name": None,
    "select id from users where username = :name or :name is null": None,
    "select id from users where coalesce(username = :name, true)": None,
    "select id from users where (username = :name) is not false": None,
    "select id from users where username = coalesce(:name, '')": None,
    "update users set profile_picture = :name where id = :id": None,
    "insert into users (profile_picture) values (:name)": None,
    "select username = :name as is_own from users where id = :id": None,
    "select id from users where id = :id and exists (select from sessions where user_agent = :name)": None,
    "with gone as (delete from sessions where id = :id returning id) select id from gone where id = :name": None,
    "select id from users where case when id = :id then username = :name else true end": None,
    "select id from users where id = lookup(:name)": None,
    "select id from users where username in (:name, 'noor')": None,
    "select p.id from users as p left join sessions as c on c.user_agent = :name where p.id = :id": None,
    "select p.id from users as p join sessions as c on c.id = p.id and c.user_agent = :name": FINDS_NOTHING,
    "select p.id from goals as g left join (users as p join sessions as c on c.user_agent = :name) on g.id = :id": None,
    "select id from users order by username = :name desc, id": None,
    "select count(*) from users group by email, username = :name": None,
    "select email, count(*) from users where username = :name group by email": FINDS_NOTHING,
    "select count(*) from users where username = :name": None,
    "insert into users (email, is_own) values ('', :name = 'x')": None,
    "insert into users (id) values (:id) on conflict (id) do update set email = '' where users.username = :name": None,
    "merge into users as t using asked on t.id = :id when matched and t.username = :name then delete"
    " when not matched then insert default values": None,
    "select id from users where id = :id union all select id from users where username = :name": None,
}
# And never.
NOT_NULL: Final = {
    "select id from users where username = :name or :name is null": ASKS,
    "select id from users where :name::text is not null and id = :id": ASKS,
    "select id from users where username = coalesce(:name, 'noor')": ASKS,
    "update users set username = coalesce(:name::text, username) where id = :id": ASKS,
    "select id from users where username = coalesce(profile_picture, :name)": None,
    "select id from users where username = :name": None,
    "select id from users where username is not distinct from :name": None,
    "select id from users where coalesce(username = :name, true)": None,
    "select id from users where username is null or id = :id": None,
}
OF_BATCHES: Final = {
    f"select call, users.id from {BATCH} join users on users.username = wanted.name": (FINDS_NOTHING, None),
    f"select call, users.id from {BATCH} join users on coalesce(users.username = wanted.name, true)": (None, None),
    f"select call, users.id from {BATCH} join users on users.id = wanted.id and wanted.name is null": (None, ASKS),
    f"select call, users.id from {BATCH} join users on coalesce(users.name, '') = wanted.name": (FINDS_NOTHING, None),
    f"select call, wanted.name from {BATCH}": (None, None),
    f"select call, users.id from {BATCH} left join users on users.username = wanted.name": (None, None),
    f"with locked as (select id, name from pets) select call, case when locked.name is null then 'gone' end"
    f" from {BATCH} left join locked on locked.id = wanted.id": (None, None),
    f"select call, case when wanted.name is null then 'gone' end from {BATCH}": (None, ASKS),
    f"select call, case when wanted.name is null then 'gone' end from users left join {BATCH} on true": (None, None),
    f"with locked as (select name from pets) select call from {BATCH} join locked on locked.name = users.name": (
        None,
        None,
    ),
    f"select call, users.id from {BATCH.replace('(name,', '(label,')} join users on users.email = wanted.label": (
        FINDS_NOTHING,
        None,
    ),
}


def faults(text: str, name: object, *, batch: bool = False) -> list[str]:
    text, names = substitute(text)
    statement = msgspec.structs.replace(statement_of(text, batch=batch), parameters=names)
    [tree] = parse_sql(statement.text)
    parameters: dict[str, Any] = {each: name if each == "name" else int for each in statement.parameters}
    return [what for _, what in null_faults(statement, parameters, tree)]


@pytest.mark.parametrize(("text", "said"), NULLABLE.items())
def test_a_null_that_finds_nothing_is_named(text: str, said: str | None) -> None:
    assert faults(text, str | None) == ([said] if said else [])


@pytest.mark.parametrize(("text", "said"), NOT_NULL.items())
def test_a_question_for_a_null_that_never_comes_is_named(text: str, said: str | None) -> None:
    assert faults(text, str) == ([said] if said else [])


@pytest.mark.parametrize(("text", "said"), OF_BATCHES.items())
def test_of_a_batch_the_values_of_its_calls_count(text: str, said: tuple[str | None, str | None]) -> None:
    assert faults(text, str | None, batch=True) == ([said[0]] if said[0] else [])
    assert faults(text, str, batch=True) == ([said[1]] if said[1] else [])


def test_the_tree_has_no_faults() -> None:
    assert check_null_parameters(bound_queries()) == []
    assert len(bound_queries()) > 100
