"""What the service says to a parent, in Dutch and English. The codes are stable: clients may rely on them."""

from typing import Final

import msgspec


class Text(msgspec.Struct, frozen=True):
    """A message in each language, with `{parameters}`."""

    nl: str
    en: str


class ProblemText(Text, frozen=True):
    """A problem: its HTTP status, its title for developers, and after how many seconds it's worth another try."""

    status: int
    title: str
    retry_after: int | None = None


def _problem(status: int, title: str, nl: str, en: str, *, retry_after: int | None = None) -> ProblemText:
    return ProblemText(nl=nl, en=en, status=status, title=title, retry_after=retry_after)


PROBLEMS: Final[dict[str, ProblemText]] = {
    "malformed_body": _problem(
        400,
        "Malformed request body",
        "Er ging iets mis bij het versturen van je gegevens. Probeer het nog eens.",
        "Something went wrong while sending your details. Please try again.",
    ),
    "invalid_body": _problem(
        400, "Invalid request body", "Nog niet alles is goed ingevuld.", "Not everything is filled in correctly yet."
    ),
    "invalid_query": _problem(
        400,
        "Invalid query parameter",
        "Deze vraag begrijpen we niet helemaal.",
        "We don't quite understand this question.",
    ),
    "invalid_cursor": _problem(
        400,
        "Invalid cursor",
        "We weten niet meer waar je was gebleven. Begin opnieuw bovenaan de lijst.",
        "We lost track of where you were. Please start again at the top of the list.",
    ),
    "wrong_old_password": _problem(
        400, "Wrong old password", "Je huidige wachtwoord klopt niet.", "Your current password isn't right."
    ),
    "not_authenticated": _problem(401, "Not authenticated", "Log eerst even in.", "Please log in first."),
    "wrong_credentials": _problem(
        401,
        "Wrong credentials",
        "Je gebruikersnaam of wachtwoord klopt niet.",
        "Your username or password isn't right.",
    ),
    "forbidden_origin": _problem(
        403,
        "Forbidden origin",
        "Dit verzoek kwam van een andere website en is daarom niet uitgevoerd.",
        "This request came from another website, so it was not carried out.",
    ),
    "not_found": _problem(404, "Not found", "Dit konden we niet vinden.", "We could not find this."),
    "child_profile_not_found": _problem(
        404, "Child profile not found", "Dit kind konden we niet vinden.", "We could not find this child."
    ),
    "parenting_goal_not_found": _problem(
        404, "Parenting goal not found", "Dit doel konden we niet vinden.", "We could not find this goal."
    ),
    "parent_profile_not_found": _problem(
        404, "Parent profile not found", "Je hebt nog geen profiel.", "You don't have a profile yet."
    ),
    "session_not_found": _problem(
        404, "Session not found", "Deze sessie konden we niet vinden.", "We could not find this session."
    ),
    "method_not_allowed": _problem(405, "Method not allowed", "Dit kan hier niet.", "This can't be done here."),
    "username_taken": _problem(
        409,
        "Username taken",
        "Deze gebruikersnaam is al bezet. Kies een andere.",
        "This username is already taken. Please choose another.",
    ),
    "email_taken": _problem(
        409,
        "E-mail address taken",
        "Er is al een account met dit e-mailadres.",
        "There already is an account with this e-mail address.",
    ),
    "parent_profile_required": _problem(
        409,
        "Parent profile required",
        "Maak eerst je eigen profiel af, dan kun je hiermee verder.",
        "Please finish your own profile first, then you can go on with this.",
    ),
    "routines_too_large": _problem(
        409,
        "Routines too large",
        "Er staat te veel bij de routines van dit kind. Haal er eerst iets weg.",
        "There is too much in this child's routines. Please remove something first.",
    ),
    "body_too_large": _problem(
        413,
        "Request body too large",
        "Dit is te veel in één keer: er past hoogstens {limit:size} in.",
        "This is too much at once: at most {limit:size} will fit.",
    ),
    "unsupported_media_type": _problem(
        415,
        "Unsupported media type",
        "Deze vorm van gegevens kennen we niet; stuur JSON.",
        "We don't know this kind of data; please send JSON.",
    ),
    "too_many_attempts": _problem(
        429,
        "Too many attempts",
        "Je hebt het te vaak geprobeerd. Wacht {retry_after:duration} en probeer het dan nog eens.",
        "You have tried too often. Please wait {retry_after:duration} and then try again.",
    ),
    "internal_error": _problem(
        500,
        "Internal error",
        "Er ging bij ons iets mis. Probeer het later nog eens.",
        "Something went wrong on our side. Please try again later.",
    ),
    "outcome_unknown": _problem(
        500,
        "Outcome unknown",
        "We weten niet of dit is gelukt. Kijk eerst of het er staat, voor je het nog eens probeert.",
        "We don't know whether this worked. Please look whether it's there before you try again.",
    ),
    "too_busy": _problem(
        503,
        "Too busy",
        "Het is nu erg druk. Probeer het zo nog eens.",
        "It is very busy right now. Please try again in a moment.",
        retry_after=1,
    ),
    "database_unavailable": _problem(
        503,
        "Database unavailable",
        "We kunnen even niet bij je gegevens. Probeer het zo nog eens.",
        "We can't reach your data right now. Please try again in a moment.",
        retry_after=2,
    ),
}

# What a call that went well says.
NOTICES: Final[dict[str, Text]] = {
    "registered": Text("Welkom! Je account is aangemaakt.", "Welcome! Your account has been created."),
    "logged_in": Text("Fijn dat je er weer bent.", "Good to see you again."),
    "logged_out": Text("Je bent uitgelogd. Tot gauw!", "You are logged out. See you soon!"),
    "progress_saved": Text("Je antwoorden zijn opgeslagen.", "Your answers have been saved."),
    "onboarding_completed": Text("Je profiel is klaar. Welkom!", "Your profile is ready. Welcome!"),
}
