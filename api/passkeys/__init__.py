"""Passkeys (WebAuthn): adding them, looking after them, and logging in with one."""
