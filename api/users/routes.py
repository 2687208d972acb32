"""The caller's account, and the nested document of its family."""

from contextlib import AsyncExitStack

from litestar import Response, Router
from msgspec import UNSET

from api.auth.caller import callers
from api.auth.cookies import AnyRequest, session_header
from api.auth.devices import cookie_devices, device_cookie
from api.auth.facts import SECOND_FACTOR_REQUIRED, TOO_MANY_ATTEMPTS, WRONG_CODE
from api.auth.logins import client_address
from api.auth.networks import client_network, networks_of
from api.auth.password_strength import refuse_weak
from api.auth.passwords import password_hasher
from api.auth.queries import accounts
from api.auth.queries import sql as sessions
from api.auth.schemas import Caller, NewToken, User
from api.auth.security_events import tell
from api.auth.tokens import issue_token
from api.http.authentication import bearer_token
from api.http.conditional import Condition, Versioned, changed, own_tag
from api.http.endpoint import delete, get, patch, post
from api.http.headers import request_headers
from api.mail.queries import mails
from api.problems.problem import Problem
from api.problems.text import Language
from api.users.email_change import changing_email
from api.users.erasure import erase
from api.users.facts import WRONG_OLD_PASSWORD
from api.users.family import user_document
from api.users.mails import PASSWORD_CHANGED
from api.users.old_password import check_old_password
from api.users.queries import sql
from api.users.schemas import Erasure, Includes, PasswordChange, UserDocument, UserPatch, account_tag


@get("/")
async def get_family(caller: Caller, include: Includes | None = None) -> Versioned[UserDocument]:
    """The caller's account, with what `include` names: the profile, and the children and goals in it."""
    asked = include or ()
    row = await sql.get_family(
        user_id=caller.user_id, with_children="childProfiles" in asked, with_goals="parentingGoals" in asked
    )
    return Versioned(user_document(row, asked), None if asked else own_tag(row.account_updated_at, row.id))


@patch("/", problems=[WRONG_OLD_PASSWORD, TOO_MANY_ATTEMPTS])
async def update_user(
    caller: Caller, data: UserPatch, request: AnyRequest, language: Language, condition: Condition
) -> Versioned[User]:
    """Change the caller's e-mail address or picture; null clears the picture.

    The address takes `currentPassword`, and stays as it is until the link in a mail to the new one is used.
    """
    async with AsyncExitStack() as stack:
        if data.email is not UNSET and data.current_password is not UNSET:
            await stack.enter_async_context(
                changing_email(caller, data.email, data.current_password, request, language, condition)
            )
        if data.profile_picture is UNSET:
            row = await sql.hold_user(user_id=caller.user_id, versions=condition.versions)
        else:
            row = await sql.set_profile_picture(
                user_id=caller.user_id, profile_picture=data.profile_picture, versions=condition.versions
            )
        tag = account_tag(changed(row, account_tag))
    return Versioned(User(row.id, row.username, row.email, row.profile_picture, row.consent_needed), tag)


@post(
    "/password",
    status_code=200,
    other_status=204,
    problems=[WRONG_OLD_PASSWORD, TOO_MANY_ATTEMPTS],
    sets_cookie=True,
)
async def change_password(
    caller: Caller, data: PasswordChange, request: AnyRequest, language: Language
) -> Response[NewToken | None]:
    """Change the password, which takes the old one; this session gets a new token, and all others end.

    All devices but the caller's become unknown. A browser gets its token by cookie (204), an API client in the body
    (200): its former one counts no more. A mail tells the account's owner.
    """
    own_words = await accounts.get_own_words(user_id=caller.user_id)
    async with password_hasher.turn(networks_of(client_address(request))):
        stored = await check_old_password(caller, data.old_password)
        # Only then, as it takes milliseconds of Python.
        await refuse_weak(data.new_password, own_words, "/newPassword")
        password = await password_hasher.hash(data.new_password)
    token = issue_token()
    is_api_client = bearer_token(request_headers(request.scope)) is not None
    known = [] if is_api_client else cookie_devices(request)
    device = issue_token() if is_api_client or known else None
    async with sql.transaction(user_id=caller.user_id):
        replaced = await accounts.replace_password(
            user_id=caller.user_id, password=password, old_password=stored, network=client_network()
        )
        if replaced is None:
            # Another request has changed the password meanwhile.
            raise Problem(WRONG_OLD_PASSWORD)
        await sessions.end_other_sessions(
            user_id=caller.user_id, session_id=caller.session_id, network=client_network()
        )
        session = await accounts.replace_token(
            user_id=caller.user_id, session_id=caller.session_id, token_digest=token.digest
        )
        await sessions.renew_devices(user_id=caller.user_id, device_digest=[device.digest] if device else [])
        await mails.add_mail(
            user_id=caller.user_id, kind=PASSWORD_CHANGED, recipient=own_words.email, language=language, parameters={}
        )
    tell("password_changed", caller.user_id)
    callers.forget(caller.user_id)
    if is_api_client and device:
        return Response(NewToken(token.token, session.expires_at, device.token))
    return Response(
        None,
        status_code=204,
        headers=session_header(token.token, session.seconds, request),
        cookies=[device_cookie(device, known, request)] if device else None,
    )


@delete(
    "/",
    problems=[WRONG_OLD_PASSWORD, SECOND_FACTOR_REQUIRED, WRONG_CODE, TOO_MANY_ATTEMPTS],
    sets_cookie=True,
)
async def delete_user(
    caller: Caller, data: Erasure, request: AnyRequest, language: Language, condition: Condition
) -> Response[None]:
    """Erase the account and everything of it, at once and for good.

    It takes the password, and what a login asks for besides, unless the session is at most ten minutes old. A mail
    tells the owner, if the address is confirmed.
    """
    await erase(caller, data, request, language, condition)
    return Response(None, status_code=204, headers=session_header("", 0, request))


router = Router(
    "/api/users/me", route_handlers=[get_family, update_user, change_password, delete_user], tags=["Account"]
)
