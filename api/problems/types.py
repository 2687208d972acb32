"""Problem types that any feature may respond with; a feature declares its own in its `facts.py`.

Codes are stable: clients may rely on them.
"""

from typing import Final

from api.problems.text import Text


class ProblemType(Text, frozen=True, kw_only=True):
    """A problem type of RFC 9457, with its message for the parent.

    `title` is for developers; `retry_after` is in seconds.
    """

    code: str
    status: int
    title: str
    retry_after: int | None = None


MALFORMED_BODY: Final = ProblemType(
    code="malformed_body",
    status=400,
    title="Malformed request body",
    nl="Er ging iets mis bij het versturen van je gegevens. Probeer het nog eens.",
    en="Something went wrong while sending your details. Please try again.",
)

INVALID_BODY: Final = ProblemType(
    code="invalid_body",
    status=400,
    title="Invalid request body",
    nl="Nog niet alles is goed ingevuld.",
    en="Not everything is filled in correctly yet.",
)

INVALID_QUERY: Final = ProblemType(
    code="invalid_query",
    status=400,
    title="Invalid query parameter",
    nl="Deze vraag begrijpen we niet helemaal.",
    en="We don't quite understand this question.",
)

INVALID_CURSOR: Final = ProblemType(
    code="invalid_cursor",
    status=400,
    title="Invalid cursor",
    nl="We weten niet meer waar je was gebleven. Begin opnieuw bovenaan de lijst.",
    en="We lost track of where you were. Please start again at the top of the list.",
)

INVALID_HOST: Final = ProblemType(
    code="invalid_host",
    status=400,
    title="Invalid Host header",
    nl="Er ging iets mis bij het versturen van je verzoek. Probeer het nog eens.",
    en="Something went wrong while sending your request. Please try again.",
)

INVALID_PRECONDITION: Final = ProblemType(
    code="invalid_precondition",
    status=400,
    title="Invalid If-Match or If-None-Match header",
    nl="Er ging iets mis bij het versturen van je verzoek. Probeer het nog eens.",
    en="Something went wrong while sending your request. Please try again.",
)

MALFORMED_REQUEST: Final = ProblemType(
    code="malformed_request",
    status=400,
    title="Malformed HTTP request",
    nl="Er ging iets mis bij het versturen van je verzoek. Probeer het nog eens.",
    en="Something went wrong while sending your request. Please try again.",
)

INVALID_IDEMPOTENCY_KEY: Final = ProblemType(
    code="invalid_idempotency_key",
    status=400,
    title="Invalid Idempotency-Key header",
    nl="Er ging iets mis: een Idempotency-Key is 1 tot {longest} tekens ASCII zonder spatie, quote of backslash.",
    en="Something went wrong: an Idempotency-Key is 1 to {longest} ASCII characters without space, quote or backslash.",
)

NOT_AUTHENTICATED: Final = ProblemType(
    code="not_authenticated",
    status=401,
    title="Not authenticated",
    nl="Log eerst even in.",
    en="Please log in first.",
)

CONSENT_REQUIRED: Final = ProblemType(
    code="consent_required",
    status=403,
    title="Consent to health-related data required",
    nl="Gegevens over gezondheid en welzijn bewaren we alleen met je toestemming. Geef die eerst, of laat ze weg.",
    en="We only keep data about health and well-being with your consent. Please give it first, or leave them out.",
)

FORBIDDEN_ORIGIN: Final = ProblemType(
    code="forbidden_origin",
    status=403,
    title="Forbidden origin",
    nl="Dit verzoek kwam van een andere website en is daarom niet uitgevoerd.",
    en="This request came from another website, so it was not carried out.",
)

NOT_FOUND: Final = ProblemType(
    code="not_found",
    status=404,
    title="Not found",
    nl="Dit konden we niet vinden.",
    en="We could not find this.",
)

METHOD_NOT_ALLOWED: Final = ProblemType(
    code="method_not_allowed",
    status=405,
    title="Method not allowed",
    nl="Dit kan hier niet.",
    en="This can't be done here.",
)

REQUEST_IN_PROGRESS: Final = ProblemType(
    code="request_in_progress",
    status=409,
    title="Request with this Idempotency-Key in progress",
    nl="We zijn hier nog mee bezig. Probeer het zo nog eens.",
    en="We are still working on this. Please try again in a moment.",
    retry_after=1,
)

REQUEST_TIMEOUT: Final = ProblemType(
    code="request_timeout",
    status=408,
    title="Request timeout",
    nl="Het versturen duurde te lang, en er is niets gedaan. Probeer het nog eens.",
    en="Sending this took too long, and nothing was done. Please try again.",
)

PRECONDITION_FAILED: Final = ProblemType(
    code="precondition_failed",
    status=412,
    title="Precondition failed",
    nl="Dit is intussen ergens anders gewijzigd, dus je wijziging is niet opgeslagen. Kijk eerst wat er nu staat.",
    en="This was changed elsewhere in the meantime, so your change was not saved. Please look at what is there now.",
)

BODY_TOO_LARGE: Final = ProblemType(
    code="body_too_large",
    status=413,
    title="Request body too large",
    nl="Dit is te veel in één keer: er past hoogstens {limit:size} in.",
    en="This is too much at once: at most {limit:size} will fit.",
)

URI_TOO_LONG: Final = ProblemType(
    code="uri_too_long",
    status=414,
    title="URI too long",
    nl="Dit adres is te lang, of er staan te veel vragen in.",
    en="This address is too long, or asks for too much at once.",
)

HEADERS_TOO_LARGE: Final = ProblemType(
    code="headers_too_large",
    status=431,
    title="Request headers too large",
    nl="Je browser stuurt te veel mee: er past hoogstens {limit:size} in. Misschien helpt het om cookies te wissen.",
    en="Your browser sends along too much: at most {limit:size} will fit. Clearing cookies may help.",
)

UNSUPPORTED_MEDIA_TYPE: Final = ProblemType(
    code="unsupported_media_type",
    status=415,
    title="Unsupported media type",
    nl="Deze vorm van gegevens kennen we niet; stuur JSON, zonder compressie.",
    en="We don't know this kind of data; please send JSON, not compressed.",
)

MULTIPART_REQUIRED: Final = ProblemType(
    code="multipart_required",
    status=415,
    title="Multipart form required",
    nl="Stuur het bestand als formulier (multipart/form-data).",
    en="Please send the file as a form (multipart/form-data).",
)

IDEMPOTENCY_KEY_REUSED: Final = ProblemType(
    code="idempotency_key_reused",
    status=422,
    title="Idempotency-Key used for another request",
    nl="Er ging iets mis bij het versturen: deze Idempotency-Key is al gebruikt voor iets anders.",
    en="Something went wrong while sending this: its Idempotency-Key was already used for something else.",
)

TOO_MANY_IDEMPOTENCY_KEYS: Final = ProblemType(
    code="too_many_idempotency_keys",
    status=429,
    title="Too many Idempotency-Keys in a day",
    nl="Je hebt vandaag erg veel verstuurd. Probeer het over een uur nog eens.",
    en="You have sent a great deal today. Please try again in an hour.",
    retry_after=3600,
)

TOO_MANY_REQUESTS: Final = ProblemType(
    code="too_many_requests",
    status=429,
    title="Too many requests",
    nl="Je vraagt nu veel tegelijk. Probeer het zo nog eens.",
    en="You are asking for a lot at once. Please try again in a moment.",
    retry_after=1,
)

INTERNAL_ERROR: Final = ProblemType(
    code="internal_error",
    status=500,
    title="Internal error",
    nl="Er ging bij ons iets mis. Probeer het later nog eens.",
    en="Something went wrong on our side. Please try again later.",
)

OUTCOME_UNKNOWN: Final = ProblemType(
    code="outcome_unknown",
    status=500,
    title="Outcome unknown",
    nl="We weten niet of dit is gelukt. Kijk eerst of het er staat, voor je het nog eens probeert.",
    en="We don't know whether this worked. Please look whether it's there before you try again.",
)

UNKNOWN_TRANSFER_CODING: Final = ProblemType(
    code="unknown_transfer_coding",
    status=501,
    title="Unknown transfer coding",
    nl="Deze manier van versturen kennen we niet.",
    en="We don't know this way of sending data.",
)

HTTP_VERSION_NOT_SUPPORTED: Final = ProblemType(
    code="http_version_not_supported",
    status=505,
    title="HTTP version not supported",
    nl="Deze versie van HTTP kennen we niet.",
    en="We don't know this version of HTTP.",
)

TOO_BUSY: Final = ProblemType(
    code="too_busy",
    status=503,
    title="Too busy",
    nl="Het is nu erg druk. Probeer het zo nog eens.",
    en="It is very busy right now. Please try again in a moment.",
    retry_after=1,
)

SCHEMA_MISMATCH: Final = ProblemType(
    code="schema_mismatch",
    status=503,
    title="Database not ready for this release",
    nl="Er gaat even iets mis bij ons. Probeer het over een minuutje nog eens.",
    en="Something is wrong on our side for a moment. Please try again in a minute.",
    retry_after=5,
)

DATABASE_UNAVAILABLE: Final = ProblemType(
    code="database_unavailable",
    status=503,
    title="Database unavailable",
    nl="We kunnen even niet bij je gegevens. Probeer het zo nog eens.",
    en="We can't reach your data right now. Please try again in a moment.",
    retry_after=2,
)

# Any path may respond with these, so no operation documents them.
GENERAL: Final = (
    INVALID_HOST,
    MALFORMED_REQUEST,
    METHOD_NOT_ALLOWED,
    REQUEST_TIMEOUT,
    URI_TOO_LONG,
    TOO_MANY_REQUESTS,
    HEADERS_TOO_LARGE,
    INTERNAL_ERROR,
    UNKNOWN_TRANSFER_CODING,
    HTTP_VERSION_NOT_SUPPORTED,
)
