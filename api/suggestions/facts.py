"""Facts of suggestions, for checks, seed and documentation."""

from datetime import UTC, datetime
from typing import Final

from api.facts import Exemption, Facts, Payload, Table, family_table
from api.problems.text import Text
from api.problems.types import ProblemType
from api.suggestions.schemas import DIMENSIONS, SuggestionFeedback

SUGGESTION_NOT_FOUND: Final = ProblemType(
    code="suggestion_not_found",
    status=404,
    title="Suggestion not found",
    nl="Deze suggestie konden we niet vinden.",
    en="We could not find this suggestion.",
)

UNRATED: Final = "a suggestion has no rating until its parent gives one"

FACTS: Final = Facts(
    tables={
        **family_table("suggestions"),
        "library_suggestions": Table(grows=False),
        "library_embeddings": Table(grows=False),
        "concerns": Table(grows=False),
    },
    labels={
        "context": Text("pagina", "page"),
        "rating": Text("beoordeling", "rating"),
        "feedback": Text("reactie", "feedback"),
    },
    payloads=(Payload(SuggestionFeedback, "suggestions"),),
    exemptions=(
        Exemption("SuggestionFeedback.rating", "null", UNRATED),
        Exemption("SuggestionFeedback.rating", "absent", UNRATED),
    ),
    examples={
        "context": "home",
        "rating": 4,
        "feedback": "Fijn.",
        "hours": 24,
        "make_suggestions.count": 100,
        "rest": 0,
        "list_profiles_to_embed.count": 32,
        "model": "example",
        "slug": ["example"],
        "save_profile_embeddings.id": lambda family: [family.parent_profile_id or 0],
        "updated_at": [datetime(2026, 3, 1, tzinfo=UTC)],
        "digest": [b"digest"],
        "embedding": ["[" + ",".join(["1"] * DIMENSIONS) + "]"],
    },
)
