"""Facts of accounts, sessions, throttles and what is removed of them, for checks, seed and documentation."""

from secrets import token_bytes, token_hex
from typing import Final

from api.auth.schemas import Registration
from api.facts import Exemption, Facts, Payload, Table
from api.problems.text import Text
from api.problems.types import ProblemType

WRONG_CREDENTIALS: Final = ProblemType(
    code="wrong_credentials",
    status=401,
    title="Wrong credentials",
    nl="Je gebruikersnaam of wachtwoord klopt niet.",
    en="Your username or password isn't right.",
)

SECOND_FACTOR_REQUIRED: Final = ProblemType(
    code="second_factor_required",
    status=401,
    title="Second factor required",
    nl="Je inlog is extra beveiligd. Vul ook een code in, of log in met je passkey.",
    en="Your login has extra protection. Please enter a code too, or log in with your passkey.",
)

WRONG_CODE: Final = ProblemType(
    code="wrong_code",
    status=401,
    title="Wrong code",
    nl="Deze code klopt niet, of is al gebruikt.",
    en="This code isn't right, or was used already.",
)

RECENT_LOGIN_REQUIRED: Final = ProblemType(
    code="recent_login_required",
    status=403,
    title="Recent login required",
    nl="Log voor je veiligheid eerst even opnieuw in.",
    en="To keep your account safe, please log in again first.",
)

ACCOUNT_SUSPENDED: Final = ProblemType(
    code="account_suspended",
    status=403,
    title="Account suspended",
    nl="Dit account is geblokkeerd. Neem contact met ons op.",
    en="This account has been suspended. Please contact us.",
)

SESSION_NOT_FOUND: Final = ProblemType(
    code="session_not_found",
    status=404,
    title="Session not found",
    nl="Deze sessie konden we niet vinden.",
    en="We could not find this session.",
)

USERNAME_TAKEN: Final = ProblemType(
    code="username_taken",
    status=409,
    title="Username taken",
    nl="Deze gebruikersnaam is al bezet. Kies een andere.",
    en="This username is already taken. Please choose another.",
)

INVALID_LINK: Final = ProblemType(
    code="invalid_link",
    status=400,
    title="Invalid link",
    nl="Deze link werkt niet meer. Vraag een nieuwe aan.",
    en="This link doesn't work any more. Please ask for a new one.",
)

TOO_MANY_ATTEMPTS: Final = ProblemType(
    code="too_many_attempts",
    status=429,
    title="Too many attempts",
    nl="Je hebt het te vaak geprobeerd. Wacht {retry_after:duration} en probeer het dan nog eens.",
    en="You have tried too often. Please wait {retry_after:duration} and then try again.",
)

CONSENT_TEXT_NOT_CURRENT: Final = ProblemType(
    code="consent_text_not_current",
    status=409,
    title="Consent text not current",
    nl="Deze tekst is er niet, of is intussen vernieuwd. Lees de nieuwste versie en antwoord dan opnieuw.",
    en="This text isn't there, or has been renewed. Please read the latest version, and then answer again.",
)

FACTS: Final = Facts(
    tables={
        "users": Table({"id": "user"}, {"users_pkey": "id"}),
        "sessions": Table({"user_id": "user"}, {"sessions_pkey": "user_id"}),
        "devices": Table({"user_id": "user"}, {"devices_pkey": "user_id"}),
        "former_passwords": Table({"user_id": "user"}, {"former_passwords_pkey": "user_id"}),
        "rate_limits": Table(),
        "totp_factors": Table({"user_id": "user"}, {"totp_factors_pkey": "user_id"}),
        "recovery_codes": Table({"user_id": "user"}, {"recovery_codes_pkey": "user_id"}),
        "audit_events": Table({"user_id": "user"}),
        "schedules": Table(grows=False),
    },
    labels={
        "username": Text("gebruikersnaam", "username"),
        "email": Text("e-mailadres", "e-mail address"),
        "password": Text("wachtwoord", "password"),
        "rememberMe": Text("ingelogd blijven", "staying logged in"),
        "deviceToken": Text("apparaattoken", "device token"),
        "code": Text("code", "code"),
        "recoveryCode": Text("herstelcode", "recovery code"),
    },
    payloads=(
        Payload(
            Registration,
            "users",
            unwritten={"password": "its hash is what is written", "consents": "they are rows of consents"},
        ),
    ),
    exemptions=(
        Exemption(
            "Registration.username",
            "table takes",
            "accounts of the system before may have names that RFC 8265 disallows, with invisible characters or emoji",
            tuple(map(repr, ("\x01", "\u200b", "é😀", "👩‍👩‍👧")))
            + tuple(map(repr, ("\t", "\n", "\x1f", "\xa0", "\u2028", "\u3000", "a\n", "a\nb", "\ta")))
            + tuple(map(repr, ("a@b\n", "a@b\xa0", "https://a\n"))),
        ),
    ),
    examples={
        "username": lambda family: family.username,
        "password": lambda family: family.password,
        "old_password": lambda family: family.password,
        "session_id": lambda family: family.session_id,
        "token_digest": lambda family: family.token_digest,
        "add_user.username": lambda _: f"example-{token_hex(8)}",
        "add_user.email": lambda _: f"{token_hex(8)}@example.org",
        "add_session.token_digest": lambda _: token_bytes(32),
        "replace_token.token_digest": lambda _: token_bytes(32),
        "user_agent": "Mozilla/5.0",
        "device_digest": lambda _: token_bytes(32),
        "renew_devices.device_digest": lambda _: [token_bytes(32)],
        "device_digests": lambda _: [token_bytes(32)],
        "subject": lambda _: [token_hex(8)],
        "cost": [1],
        "capacity": [10],
        "seconds": 3600,
        "take_turn.name": "example",
        "use_totp_step.step": 1,
        "use_recovery_code.code_digest": lambda _: token_bytes(32),
        "event": "example",
        "means": "password",
        "network": "192.0.2.0/24",
        "is_unknown_device": True,
    },
    shares={"get_caller": 20},
)
