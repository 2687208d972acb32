"""The caller's suggestions, as the web client asks for them: on the home page, and where a chat begins."""

from typing import Final

from litestar import Router

from api.auth.schemas import Caller
from api.http.endpoint import get, post
from api.http.language import negotiate_language
from api.http.schemas import Id
from api.problems.text import Language
from api.suggestions.facts import SUGGESTION_NOT_FOUND
from api.suggestions.queries import sql
from api.suggestions.schemas import DISMISSED, THANKED, USED, Noted, Suggestion, SuggestionFeedback

# Pages that show what there is; any other has none.
CONTEXTS: Final = frozenset({"home", "chat"})


@get("/")
async def list_suggestions(caller: Caller, context: str = "home") -> list[Suggestion]:
    """The caller's open suggestions for the `home` or `chat` page, best first; none for any other."""
    if context not in CONTEXTS:
        return []
    return await sql.list_suggestions(
        parent_profile_id=caller.parent_profile_id,
        context=context,
        language=negotiate_language(None, caller.preferred_language),
    )


@get("/village", needs_database=False)
async def list_village_suggestions(caller: Caller) -> list[Suggestion]:  # noqa: ARG001
    """None: villages are another service's."""
    return []


@post("/{id:int}/use", status_code=200, problems=[SUGGESTION_NOT_FOUND])
async def use_suggestion(caller: Caller, id: Id, language: Language) -> Noted:
    """Say that the caller follows a suggestion; again changes nothing."""
    await sql.use_suggestion(parent_profile_id=caller.parent_profile_id, id=id)
    return Noted(USED.format(language))


@post("/{id:int}/dismiss", status_code=200, problems=[SUGGESTION_NOT_FOUND])
async def dismiss_suggestion(caller: Caller, id: Id, language: Language) -> Noted:
    """Put a suggestion away; again changes nothing."""
    await sql.dismiss_suggestion(parent_profile_id=caller.parent_profile_id, id=id)
    return Noted(DISMISSED.format(language))


@post("/{id:int}/feedback", status_code=200, problems=[SUGGESTION_NOT_FOUND])
async def rate_suggestion(caller: Caller, id: Id, data: SuggestionFeedback, language: Language) -> Noted:
    """Say what the caller thinks of a suggestion; the last time counts."""
    await sql.rate_suggestion(
        parent_profile_id=caller.parent_profile_id, id=id, rating=data.rating, feedback=data.feedback
    )
    return Noted(THANKED.format(language))


router = Router(
    "/api/suggestions",
    route_handlers=[
        list_suggestions,
        list_village_suggestions,
        use_suggestion,
        dismiss_suggestion,
        rate_suggestion,
    ],
    tags=["Suggestions"],
)
