"""The mail that a registration causes, by its kind; what it says stands in api/email_confirmations."""

from typing import Final

CONFIRM_EMAIL: Final = "confirm_email"
