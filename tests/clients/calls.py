"""A call of every operation of the OpenAPI document that succeeds, made of the document's own examples.

An operation that is new needs no line here if the example of its body is right for the family of `tests.test_access`
whose parent has the examples' password; the others have a function in `PREPARED`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

import httpx

from api.auth.passwords import hash_password
from api.auth.tokens import new_token, token_digest
from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.auth.logins import PASSWORD, new_name
from tests.passkeys.authenticator import Authenticator
from tests.second_factors.factors import code, confirm, forget_codes, set_up
from tests.test_access import ROUTES, Family, anonymise, make_family

_HASH: Final = hash_password(PASSWORD)


class Call(NamedTuple):
    """A call: its operation object, parameters of path and query, body, and bearer token.

    The body is None if there is none, and bytes if it's a file.
    """

    method: str
    path: str
    operation: Mapping[str, Any]
    parameters: Mapping[str, int | str]
    query: Mapping[str, Any]
    body: Any
    token: str

    @property
    def id(self) -> str:
        operation_id: str = self.operation["operationId"]
        return operation_id

    @property
    def needs_session(self) -> bool:
        return {} not in self.operation.get("security", [{}])

    def results(self) -> dict[int, bool]:
        """Statuses of successes, and whether they have JSON."""
        responses = self.operation["responses"].items()
        return {int(status): "content" in response for status, response in responses if status < "3"}


class Case(NamedTuple):
    """What a call is prepared with."""

    family: Family
    database: Connection
    body: Any

    @property
    def parent(self) -> Parent:
        return self.family.parent


# What is known better than the examples: the body, or the token in the path.
Prepare = Callable[[Case], Awaitable[Any]]


async def _registration(case: Case) -> Any:
    name = new_name()
    return case.body | {"username": name, "email": f"{name}@example.org"}


async def _login(case: Case) -> Any:
    return case.body | {"username": case.parent.username}


async def _confirmation(case: Case) -> str:
    token = new_token()
    await case.database.execute(
        "insert into email_confirmations (user_id, email, token_digest, expires_at)"
        " values ($1, $2, $3, now() + interval '1 day')",
        case.parent.user_id,
        f"{case.parent.username}@example.com",
        token_digest(token),
    )
    return token


async def _password_reset(case: Case) -> str:
    token = new_token()
    await case.database.execute(
        "insert into password_resets (user_id, token_digest, expires_at) values ($1, $2, now() + interval '1 hour')",
        case.parent.user_id,
        token_digest(token),
    )
    return token


async def _totp_code(case: Case) -> Any:
    return {"code": code(await set_up(case.parent.client))}


async def _with_totp(case: Case) -> Any:
    secret = await set_up(case.parent.client)
    assert (await confirm(case.parent.client, code(secret))).status_code == 200
    await forget_codes(case.database, case.parent.user_id)
    return case.body


async def _new_passkey(case: Case) -> Any:
    authenticator = Authenticator(case.parent.client)
    made = authenticator.made(await authenticator.registration_options())
    return {"name": "Telefoon", "credential": _documented(made, "transports", "attestationObject")}


async def _passkey_login(case: Case) -> Any:
    authenticator = Authenticator(case.parent.client)
    assert (await authenticator.add()).status_code == 201
    signed = authenticator.signed(await authenticator.login_options())
    return {"credential": _documented(signed, "authenticatorData", "signature", "userHandle"), "rememberMe": True}


def _documented(credential: dict[str, Any], *members: str) -> dict[str, Any]:
    """A credential without what browsers put into it besides, which a literal of its type can't have."""
    response = {name: credential["response"][name] for name in ("clientDataJSON", *members)}
    return {name: credential[name] for name in ("id", "rawId", "type")} | {"response": response}


PREPARED: Final[dict[str, Prepare]] = {
    "add_passkey": _new_passkey,
    "add_session": _login,
    "confirm_email": _confirmation,
    "confirm_totp": _totp_code,
    "log_in_with_passkey": _passkey_login,
    "login": _login,
    "register": _registration,
    "remove_totp": _with_totp,
    "replace_recovery_codes": _with_totp,
    "reset_password": _password_reset,
}


async def calls(service: str, accounts: Accounts, database: Connection, picture: bytes) -> AsyncIterator[Call]:
    """A call of each operation, each for a family of its own."""
    async with httpx.AsyncClient(base_url=service, verify=False) as client:
        document = (await client.get("/schema/openapi.json")).json()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            family = await make_family(accounts, database)
            [route] = [
                route for route in ROUTES if (route.method.lower(), anonymise(route.path)) == (method, anonymise(path))
            ]
            if "{passkey}" not in route.path:
                # It can't log in, and its account would have to.
                await database.execute("delete from passkeys where user_id = $1", family.parent.user_id)
            await database.execute("update users set password = $1 where id = $2", _HASH, family.parent.user_id)
            body, token = _example(operation, picture), ""
            if prepare := PREPARED.get(operation["operationId"]):
                known = await prepare(Case(family, database, body))
                body, token = (body, known) if isinstance(known, str) else (known, "")
            filled = route.path.format(token=token, purpose="terms", **family.ids)
            names = zip(path.split("/"), filled.split("/"), strict=True)
            parameters: dict[str, int | str] = {
                name[1:-1]: int(value) if value.isdigit() else value for name, value in names if name.startswith("{")
            }
            yield Call(method, path, operation, parameters, _query(operation), body, family.parent.token)


def _query(operation: Mapping[str, Any]) -> dict[str, Any]:
    """Values of the parameters whose schemas name some: all of a list, or the default."""
    schemas = {each["name"]: each["schema"] for each in operation["parameters"] if each.get("in") == "query"}
    lists = {name: schema["items"]["enum"] for name, schema in schemas.items() if "enum" in schema.get("items", {})}
    return lists | {name: schema["default"] for name, schema in schemas.items() if "default" in schema}


def _example(operation: Mapping[str, Any], picture: bytes) -> Any:
    for media_type, content in operation.get("requestBody", {"content": {}})["content"].items():
        return picture if media_type == "multipart/form-data" else content["example"]
    return None
