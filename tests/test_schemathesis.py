"""Thousands of generated requests: every response is one that the OpenAPI document allows."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis import Response
from schemathesis.checks import CheckContext, load_all_checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.generation.stateful.state_machine import StepInput
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from api.app import unserved_app
from api.auth.password_strength import weakness
from api.auth.schemas import OwnWords, Registration
from api.auth.usernames import refuse_disallowed
from api.database.aliases import Connection
from api.http.input_types import Checked
from api.http.openapi.document import documented_routes
from tests.accounts import Accounts
from tests.test_access import ROUTES

SEED: Final = 20260301
CONFIG: Final = {
    "seed": SEED,
    "generation": {"deterministic": True, "database": "none"},
    # A generated password is never the account's, nor a code its app's, nor a token one of a link, and nothing was
    # signed: that gets a 400.
    "operations": [
        {
            "include-operation-id": operation,
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "400", "401", "404", "409", "429"]}},
        }
        for operation in (
            "add_passkey",
            "change_password",
            "confirm_email",
            "confirm_totp",
            "reset_password",
            "update_user",
        )
    ],
}
SETTINGS: Final = partial(
    settings,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# These hash passwords.
SLOW: Final = ["register", "login", "add_session", "change_password", "update_user"]
# Hypothesis replays scenarios and needs the same responses, but a name may be taken by then, and a worker may not know
# yet that a session has ended.
DEPEND_ON_OTHERS: Final = ["register", "logout", "end_session", "end_other_sessions"]

OPERATIONS: Final = [f"{route.method} {re.sub('{(?!token)[a-z_]+}', '{id}', route.path)}" for route in ROUTES]
BODIES: Final = {
    f"{method} {path}": endpoint.body_type
    for path, method, endpoint in documented_routes(unserved_app())
    if endpoint.body_type
}
_addresses: Final = count(1)


Case: TypeAlias = schemathesis.Case[Any]


class Caller(NamedTuple):
    """A family's token, or none, and the ids of its rows by the path of the operations on one."""

    token: str | None
    ids: dict[str, int]

    def headers(self) -> dict[str, str]:
        # Failed logins are throttled by address, so each request has its own.
        headers = {"X-Forwarded-For": f"2001:db8:5c:{next(_addresses):x}::1"}
        return headers if self.token is None else headers | {"Authorization": f"Bearer {self.token}"}


NOBODY: Final = Caller(None, {})


@pytest.fixture(autouse=True)
def _no_constants_of_the_code(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make Hypothesis's examples independent of the modules that this process has imported."""
    monkeypatch.setattr(providers, "_get_local_constants", Constants)
    providers.CONSTANTS_CACHE.cache.clear()
    yield
    providers.CONSTANTS_CACHE.cache.clear()


@pytest.fixture
def document(service: str) -> OpenApiSchema:
    load_all_checks()
    config = schemathesis.Config.from_dict(CONFIG)
    return schemathesis.openapi.from_url(f"{service}/schema/openapi.json", config=config)


@pytest.fixture
async def families(accounts: Accounts, database: Connection) -> list[Caller]:
    """A family for every scenario, with a child and a goal."""
    for table in ("child_profiles", "parenting_goals"):
        # Far from the generated ids, so that none of those exists by chance.
        await database.execute("select setval($1, nextval($1) + 1000003)", f"{table}_id_seq")
    return [await family(accounts, database) for _ in range(100)]


async def family(accounts: Accounts, database: Connection) -> Caller:
    parent = await accounts.parent()
    child, goal = [
        await database.fetchval(statement, parent.parent_profile_id)
        for statement in (
            "insert into child_profiles (parent_profile_id, name, age) values ($1, 'Bram', 4) returning id",
            "insert into parenting_goals (parent_profile_id, title) values ($1, 'Samen eten') returning id",
        )
    ]
    return Caller(parent.token, {"/api/child-profiles/{id}": child, "/api/parenting-goals/{id}": goal})


def is_a_problem_document(_context: CheckContext, response: Response, _case: Case) -> None:
    """Check that every error is a problem document, also those that the OpenAPI document doesn't list."""
    if response.status_code < 400:
        return
    assert response.headers["content-type"] == ["application/problem+json"]
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["type"] == f"urn:nestwerk:problem:{problem['code']}"
    assert problem["message"]
    assert [problem["instance"]] == [f"urn:nestwerk:request:{id}" for id in response.headers["x-request-id"]]


def breaks_a_rule(case: Case) -> bool:
    """Whether a body breaks a rule that its schema can't say.

    Its fields are right one by one and wrong together, as a range that ends before it begins, or RFC 8265 disallows its
    username, or its password is guessed soon.
    """
    try:
        body = msgspec.convert(case.body, BODIES[case.operation.label], strict=False)
    except (KeyError, msgspec.ValidationError):
        return False
    if isinstance(body, Registration):
        own = OwnWords(body.username, body.email)
        return refuse_disallowed(body.username) is not None or weakness(body.password, own) is not None
    return any(
        any(each.violations()) for each in (body if isinstance(body, list) else [body]) if isinstance(each, Checked)
    )


def checks(case: Case) -> dict[str, Any]:
    """Options for schemathesis's checks, with one of ours."""
    # It would repeat each successful request without a session, as tests/test_access.py does once.
    excluded = [ignored_auth]
    # The document says that NUL is refused, but not in the schema of every text; and not all rules can be stated.
    if "\\x00" in repr(case.body) or breaks_a_rule(case):
        excluded.append(positive_data_acceptance)
    return {"additional_checks": [is_a_problem_document], "excluded_checks": excluded}


@pytest.fixture(scope="module")
def cases() -> Iterator[Counter[str]]:
    """Number of requests to each operation."""
    counted: Counter[str] = Counter()
    yield counted
    if counted.keys() == set(OPERATIONS):
        assert counted.total() >= 2000


@pytest.mark.parametrize("label", OPERATIONS)
async def test_operation(
    label: str, document: OpenApiSchema, accounts: Accounts, database: Connection, cases: Counter[str]
) -> None:
    """Valid and invalid requests to an operation, most of them as a family, some without a profile or a session."""
    newcomer = Caller((await accounts.parent(profile=False)).token, {})
    callers = [*[await family(accounts, database)] * 6, newcomer, NOBODY]
    operation = document.find_operation_by_label(label)
    assert operation is not None

    def try_case(case: Case) -> None:
        cases[label] += 1
        caller = callers[cases[label] % len(callers)]
        known = caller.ids.get(case.path)
        if known and case.meta and not case.meta.is_negative_at(ParameterLocation.PATH) and cases[label] % 3:
            case.path_parameters["id"] = known
        case.call_and_validate(headers=caller.headers(), **checks(case))

    config = HypothesisTestConfig(
        project=operation.schema.config,
        modes=list(HypothesisTestMode),
        settings=SETTINGS(max_examples=5 if operation.definition.raw["operationId"] in SLOW else 12),
        seed=SEED,
    )
    create_test(operation=operation, test_func=try_case, config=config)()


def test_links(document: OpenApiSchema, families: list[Caller]) -> None:
    """Scenarios, each of one family, that follow the document's links from response to request."""
    linked = document.exclude(operation_id=[*SLOW, *DEPEND_ON_OTHERS])
    followed: set[str] = set()

    class Scenario(linked.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.caller = families.pop()

        def get_call_kwargs(self, _case: Case) -> dict[str, Any]:
            return {"headers": self.caller.headers()}

        def validate_response(self, response: Response, case: Case, *_: object, **arguments: Any) -> None:
            case.validate_response(response, transport_kwargs=arguments, recorder=self.recorder, **checks(case))

        def step(self, input: StepInput) -> Any:
            output = super().step(input)
            if input.transition and output.response.status_code < 300:
                followed.add(input.transition.id)
            return output

    Scenario.run(settings=SETTINGS(max_examples=20, stateful_step_count=12))
    assert len(followed) >= 20
