"""What an export doesn't have, and why: credentials, whoever asks for them, and what says nothing of the account."""

from collections.abc import Mapping
from typing import Final

# Columns by `table.column`. Secrets needn't be listed here to be left out; the document says these reasons.
LEFT_OUT: Final[Mapping[str, str]] = {
    "users.password": "a hash, which would help to guess the password",
    "sessions.token_digest": "a digest of what logs in",
    "devices.device_digest": "a digest of what a device shows when it logs in",
    "email_confirmations.token_digest": "a digest of the link in a mail",
    "password_resets.token_digest": "a digest of the link in a mail",
    "former_passwords.old_password": "a hash, which would help to guess the password",
    "totp_factors.sealed_secret": "the secret of the authenticator app",
    "recovery_codes.code_digest": "digests of what logs in; how many there are is said",
    "passkeys.credential_id": "what the authenticator calls the passkey",
    "passkeys.public_key": "the passkey's key",
    "passkey_registrations.challenge_digest": "a digest of what a new passkey signs",
    "idempotency_keys.key_digest": "a digest of what repeats a request",
    "idempotency_keys.sealed_answer": "an answer that was given, which only the key of its request opens",
    "audit_events.actor": "the names of members of staff, who are persons too",
    "family_sizes.number": "how many children and goals there are, which the lists show",
}
