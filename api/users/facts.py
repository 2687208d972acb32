"""Facts of the caller's account, for checks, seed and documentation."""

from secrets import token_hex
from typing import Final

from api.facts import Exemption, Facts, Payload
from api.problems.text import Text
from api.problems.types import ProblemType
from api.users.schemas import UserPatch

WRONG_OLD_PASSWORD: Final = ProblemType(
    code="wrong_old_password",
    status=400,
    title="Wrong old password",
    nl="Je huidige wachtwoord klopt niet.",
    en="Your current password isn't right.",
)

FACTS: Final = Facts(
    labels={
        "email": Text("e-mailadres", "e-mail address"),
        "profilePicture": Text("profielfoto", "profile picture"),
        "currentPassword": Text("huidig wachtwoord", "current password"),
        "oldPassword": Text("huidig wachtwoord", "current password"),
        "newPassword": Text("nieuw wachtwoord", "new password"),
        "include": Text("wat erbij komt", "what to include"),
    },
    payloads=(
        Payload(
            UserPatch,
            "users",
            columns={"email": "email_confirmations.email"},
            unwritten={"current_password": "it's held against the hash"},
            is_patch=True,
        ),
    ),
    exemptions=(
        Exemption(
            "UserPatch.profile_picture",
            "table takes",
            "accounts of before may have addresses that only began like one; they stay until they are changed",
            tuple(map(repr, ("http://", "https://a b", "https://a\n", "https://a@b", 'https://a"b'))),
        ),
    ),
    examples={"profile_picture": lambda _: f"https://example.org/{token_hex(8)}"},
    # Rehearsals call for families that stay.
    shares={"get_family": 30, "erase_account": 0},
)
