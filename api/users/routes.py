"""The caller's account, and the nested document of its family."""

from litestar import Response, Router
from msgspec import UNSET

from api.auth.caller_cache import callers
from api.auth.cookies import AnyRequest
from api.auth.devices import cookie_devices, device_cookie
from api.auth.facts import EMAIL_TAKEN, TOO_MANY_ATTEMPTS
from api.auth.logins import client_address
from api.auth.networks import networks_of
from api.auth.passwords import password_hasher
from api.auth.personal_passwords import refuse_personal
from api.auth.queries import accounts
from api.auth.queries import sql as sessions
from api.auth.schemas import Caller, User
from api.auth.security_events import tell
from api.auth.throttling import charge, old_password_charges, take_out
from api.auth.tokens import issue_token
from api.http.endpoint import get, patch, post
from api.mail.queries import mails
from api.problems.problem import Problem, Violation
from api.problems.text import Language
from api.problems.types import INVALID_BODY
from api.users.facts import WRONG_OLD_PASSWORD
from api.users.family import user_document
from api.users.mails import PASSWORD_CHANGED
from api.users.queries import sql
from api.users.schemas import Includes, PasswordChange, UserDocument, UserPatch


@get("/")
async def get_family(caller: Caller, include: Includes | None = None) -> UserDocument:
    """The caller's account, with what `include` names: the profile, and the children and goals in it."""
    asked = include or ()
    row = await sql.get_family(
        user_id=caller.user_id, with_children="childProfiles" in asked, with_goals="parentingGoals" in asked
    )
    return user_document(row, asked)


@patch("/", problems=[EMAIL_TAKEN])
async def update_user(caller: Caller, data: UserPatch) -> User:
    """Change the caller's e-mail address or picture; null clears the picture."""
    user = await sql.update_user(user_id=caller.user_id, patch=data)
    if data.email is not UNSET:
        tell("email_changed", caller.user_id)
    return user


@post("/password", status_code=204, problems=[WRONG_OLD_PASSWORD, TOO_MANY_ATTEMPTS], sets_cookie=True)
async def change_password(
    caller: Caller, data: PasswordChange, request: AnyRequest, language: Language
) -> Response[None]:
    """Change the password, which takes the old one, ends all other sessions and makes all other devices unknown.

    A mail tells the account's owner.
    """
    user = await accounts.get_user(user_id=caller.user_id)
    if message := refuse_personal(data.new_password, user.username, user.email):
        raise Problem(INVALID_BODY, violations=[Violation("/newPassword", message)])
    charges = old_password_charges(caller.user_id)
    async with password_hasher.turn(networks_of(client_address(request))):
        await charge(charges, caller.user_id)
        stored = await accounts.get_password(user_id=caller.user_id)
        if not await password_hasher.verify(data.old_password, stored):
            tell("old_password_refused", caller.user_id)
            raise Problem(WRONG_OLD_PASSWORD)
        password = await password_hasher.hash(data.new_password)
    known = cookie_devices(request)
    device = issue_token() if known else None
    async with sql.transaction(user_id=caller.user_id):
        replaced = await accounts.replace_password(user_id=caller.user_id, password=password, old_password=stored)
        if replaced is None:
            # Another request has changed the password meanwhile.
            raise Problem(WRONG_OLD_PASSWORD)
        await sessions.end_other_sessions(user_id=caller.user_id, session_id=caller.session_id)
        await sessions.renew_devices(user_id=caller.user_id, device_digest=[device.digest] if device else [])
        await mails.add_mail(
            user_id=caller.user_id, kind=PASSWORD_CHANGED, recipient=user.email, language=language, parameters={}
        )
    tell("password_changed", caller.user_id)
    callers.forget(caller.user_id)
    await take_out(charges)
    return Response(None, cookies=[device_cookie(device, known, request)] if device else None)


router = Router("/api/users/me", route_handlers=[get_family, update_user, change_password], tags=["Account"])
