"""The caller's account, and the nested document of its family."""

from litestar import Router

from api.auth.caller_cache import callers
from api.auth.facts import EMAIL_TAKEN, TOO_MANY_ATTEMPTS
from api.auth.logins import AnyRequest, client_address
from api.auth.passwords import password_hasher
from api.auth.queries import accounts
from api.auth.queries import sql as sessions
from api.auth.schemas import Caller, User
from api.auth.throttling import throttled
from api.http.endpoint import get, patch, post
from api.problems.problem import Problem
from api.users.facts import WRONG_OLD_PASSWORD
from api.users.family import user_document
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
    return await sql.update_user(user_id=caller.user_id, patch=data)


@post("/password", status_code=204, problems=[WRONG_OLD_PASSWORD, TOO_MANY_ATTEMPTS])
async def change_password(caller: Caller, data: PasswordChange, request: AnyRequest) -> None:
    """Change the password, which takes the old one and ends all other sessions."""
    user = await accounts.get_user(user_id=caller.user_id)
    async with throttled(user.username, client_address(request)):
        stored = await accounts.get_password(user_id=caller.user_id)
        if not await password_hasher.verify(data.old_password, stored):
            raise Problem(WRONG_OLD_PASSWORD)
    password = await password_hasher.hash(data.new_password)
    async with sql.transaction(user_id=caller.user_id):
        replaced = await accounts.replace_password(user_id=caller.user_id, password=password, old_password=stored)
        if replaced is None:
            # Another request has changed the password meanwhile.
            raise Problem(WRONG_OLD_PASSWORD)
        await sessions.end_other_sessions(user_id=caller.user_id, session_id=caller.session_id)
    callers.forget(caller.user_id)


router = Router("/api/users/me", route_handlers=[get_family, update_user, change_password], tags=["Account"])
