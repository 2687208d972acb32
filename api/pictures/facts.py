"""Facts of profile pictures, for checks, seed and documentation."""

from secrets import token_hex
from typing import Final

from api.facts import Facts, Table
from api.problems.text import Text
from api.problems.types import ProblemType

UNSUPPORTED_PICTURE: Final = ProblemType(
    code="unsupported_picture",
    status=415,
    title="Unsupported picture",
    nl="Dit bestand is geen foto die we kennen. Kies een jpeg, png, gif of webp.",
    en="This file isn't a picture that we know. Please choose a jpeg, png, gif or webp.",
)

PICTURE_TOO_LARGE: Final = ProblemType(
    code="picture_too_large",
    status=413,
    title="Picture too large",
    nl="Deze foto heeft te veel beeldpunten: hoogstens 24 megapixels. Kies een kleinere.",
    en="This picture has too many pixels: 24 megapixels at most. Please choose a smaller one.",
)

UNREADABLE_PICTURE: Final = ProblemType(
    code="unreadable_picture",
    status=400,
    title="Unreadable picture",
    nl="Deze foto is beschadigd, of er zit iets anders in. Kies een andere, of sla de foto opnieuw op.",
    en="This picture is damaged, or has something else in it. Please choose another one, or save it again.",
)

STORAGE_UNAVAILABLE: Final = ProblemType(
    code="storage_unavailable",
    status=503,
    title="Storage unavailable",
    nl="We kunnen even niet bij de foto's. Probeer het zo nog eens.",
    en="We can't reach the pictures right now. Please try again in a moment.",
    retry_after=5,
)

FACTS: Final = Facts(
    tables={"pictures": Table({"user_id": "user"}, may_be_nobodys=True)},
    labels={"profilePicture": Text("profielfoto", "profile picture")},
    examples={
        "add_picture.name": lambda _: f"{token_hex(16)}.webp",
        "show_picture.name": f"{32 * '0'}.webp",
        "forget_pictures.names": [f"{32 * '0'}.webp"],
    },
)
