"""What an export doesn't have, and why: credentials, whoever asks for them, and what says nothing of the account."""

from collections.abc import Mapping
from typing import Final

# Columns by `table.column`, with reasons that the document says. Secrets are among them, and `just check` names what
# is neither here nor given.
LEFT_OUT: Final[Mapping[str, str]] = {
    "users.password": "a hash, which would help to guess the password",
    "sessions.token_digest": "a digest of what logs in",
    "devices.device_digest": "a digest of what a device shows when it logs in",
    "email_confirmations.token_digest": "a digest of the link in a mail",
    "password_resets.token_digest": "a digest of the link in a mail",
    "former_passwords.old_password": "a hash, which would help to guess the password",
    "totp_factors.sealed_secret": "the secret of the authenticator app",
    "totp_factors.last_step": "which of the app's codes was the last, so that none logs in twice",
    "recovery_codes.code_digest": "digests of what logs in; how many there are is said",
    "passkeys.credential_id": "what the authenticator calls the passkey",
    "passkeys.public_key": "the passkey's key",
    "passkey_registrations.challenge_digest": "a digest of what a new passkey signs",
    "idempotency_keys.key_digest": "a digest of what repeats a request",
    "idempotency_keys.sealed_answer": "an answer that was given, which only the key of its request opens",
    "idempotency_keys.created_at": "when that was answered; a day later it's removed",
    "audit_events.actor": "the names of members of staff, who are persons too",
    "parent_profiles.refuses_health_data": "what the consents say",
    "child_profiles.refuses_health_data": "what the consents say",
    "family_sizes.refuses_health_data": "what the consents say",
    "family_sizes.of_table": "the names of the lists",
    "family_sizes.number": "how many children and goals there are, which the lists show",
}
