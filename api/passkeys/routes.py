"""Passkeys of the caller's account, and logging in with one."""

from typing import Final

from litestar import Response, Router

from api.auth.cookies import AnyRequest
from api.auth.devices import cookie_devices, devices
from api.auth.facts import ACCOUNT_SUSPENDED, RECENT_LOGIN_REQUIRED, TOO_MANY_ATTEMPTS
from api.auth.logins import client_address
from api.auth.networks import networks_of
from api.auth.routes import welcome
from api.auth.schemas import Caller, Welcome
from api.auth.throttling import challenge_charges, charge
from api.http.endpoint import delete, get, patch, post
from api.http.pagination import Keyset
from api.http.schemas import Cursor, Id, Limit, Page
from api.passkeys.challenges import SECONDS, new_challenge, signed_challenge, to_base64url
from api.passkeys.facts import (
    PASSKEY_NOT_FOUND,
    PASSKEY_REFUSED,
    PASSKEY_TAKEN,
    TOO_MANY_PASSKEYS,
    WRONG_PASSKEY,
)
from api.passkeys.logins import log_in, user_handle
from api.passkeys.queries import sql
from api.passkeys.relying_party import NAME, relying_party
from api.passkeys.schemas import AddedPasskey, NewPasskey, Passkey, PasskeyChange, PasskeyLogin
from api.passkeys.verification import ALGORITHMS, verify_registration
from api.passkeys.webauthn_json import (
    KeyKind,
    KnownCredential,
    LoginOptions,
    Party,
    PasskeyUser,
    RegistrationOptions,
    Selection,
)
from api.problems.problem import Problem
from api.problems.text import Language
from api.second_factors.changes import changing, locked, note_addition

BY_ID: Final = Keyset(Passkey, "id")
_PUBLIC_KEY: Final = "public-key"
_REQUIRED: Final = "required"


@post("/registration-options", status_code=200, problems=[RECENT_LOGIN_REQUIRED], next_operations=["add_passkey"])
async def get_registration_options(caller: Caller) -> RegistrationOptions:
    """What a browser needs to make a passkey, with a challenge for five minutes; takes a recent login."""
    challenge = new_challenge()
    async with locked(caller) as account:
        await sql.begin_registration(user_id=caller.user_id, challenge_digest=challenge.digest)
        known = await sql.list_credentials(user_id=caller.user_id)
    return RegistrationOptions(
        challenge=to_base64url(challenge.value),
        rp=Party(relying_party.id, NAME),
        user=PasskeyUser(user_handle(caller.user_id), account.username, account.username),
        pub_key_cred_params=[KeyKind(_PUBLIC_KEY, algorithm) for algorithm in ALGORITHMS],
        timeout=SECONDS * 1000,
        exclude_credentials=[
            KnownCredential(_PUBLIC_KEY, to_base64url(each.credential_id), each.transports) for each in known
        ],
        authenticator_selection=Selection(_REQUIRED, require_resident_key=True, user_verification=_REQUIRED),
        attestation="none",
    )


@post("/", problems=[PASSKEY_REFUSED, PASSKEY_TAKEN, TOO_MANY_PASSKEYS])
async def add_passkey(
    caller: Caller, data: NewPasskey, request: AnyRequest, language: Language
) -> Response[AddedPasskey]:
    """Add the passkey that the browser made; the account's first factor brings recovery codes."""
    response = data.credential.response
    challenge, made = signed_challenge(response.client_data), None
    # It's used up, whatever else is wrong.
    if challenge and await sql.end_registration(user_id=caller.user_id, challenge_digest=challenge.digest):
        made = await verify_registration(data.credential, challenge.value)
    if made is None:
        raise Problem(PASSKEY_REFUSED)
    async with changing("passkey_added", caller, language, recent=False) as account:
        passkey = await sql.add_passkey(
            user_id=caller.user_id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            transports=response.transports,
            name=data.name,
        )
        if passkey is None:
            raise Problem(TOO_MANY_PASSKEYS)
        codes = await note_addition(caller, account, request)
    return Response(AddedPasskey(passkey, codes), headers={"Location": f"/api/passkeys/{passkey.id}"})


@get("/")
async def list_passkeys(caller: Caller, limit: Limit = 20, cursor: Cursor | None = None) -> Page[Passkey]:
    """List the passkeys of the caller's account, oldest first."""
    (after,) = BY_ID.after(cursor)
    return BY_ID.page(await sql.list_passkeys(user_id=caller.user_id, after=after, count=limit + 1), limit)


@patch("/{id:int}", problems=[PASSKEY_NOT_FOUND])
async def rename_passkey(caller: Caller, id: Id, data: PasskeyChange) -> Passkey:
    """Give a passkey another name."""
    return await sql.rename_passkey(user_id=caller.user_id, id=id, name=data.name)


@delete("/{id:int}", problems=[RECENT_LOGIN_REQUIRED, PASSKEY_NOT_FOUND])
async def remove_passkey(caller: Caller, id: Id, language: Language) -> None:
    """Remove a passkey; takes a recent login."""
    async with changing("passkey_removed", caller, language):
        await sql.remove_passkey(user_id=caller.user_id, id=id)


@post("/login-options", status_code=200, problems=[TOO_MANY_ATTEMPTS], next_operations=["log_in_with_passkey"])
async def get_login_options(request: AnyRequest) -> LoginOptions:
    """What a browser needs to log in with a passkey, with a challenge for five minutes; the same for everybody."""
    await charge(challenge_charges(networks_of(client_address(request))))
    challenge = new_challenge()
    await sql.begin_login(challenge_digest=challenge.digest)
    return LoginOptions(
        challenge=to_base64url(challenge.value),
        rp_id=relying_party.id,
        timeout=SECONDS * 1000,
        user_verification=_REQUIRED,
    )


@post("/login", status_code=200, problems=[WRONG_PASSKEY, ACCOUNT_SUSPENDED], sets_cookie=True)
async def log_in_with_passkey(data: PasskeyLogin, request: AnyRequest, language: Language) -> Response[Welcome]:
    """Log in with a passkey, which takes neither username nor password: a session as of `/api/login`."""
    known = cookie_devices(request)
    user, session = await log_in(data, request, [*known, *devices([data.device_token or ""])])
    return await welcome(user, session, request, language)


router = Router(
    "/api/passkeys",
    route_handlers=[
        get_registration_options,
        add_passkey,
        list_passkeys,
        rename_passkey,
        remove_passkey,
        get_login_options,
        log_in_with_passkey,
    ],
    tags=["Passkeys"],
)
