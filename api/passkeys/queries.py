"""Typed statements of sql/queries/passkeys.sql."""

from typing import Protocol

from api.database.queries import Queries, bind
from api.passkeys.facts import PASSKEY_NOT_FOUND, PASSKEY_TAKEN
from api.passkeys.schemas import FoundPasskey, Passkey, StoredCredential


class PasskeyQueries(Queries, Protocol):
    async def begin_registration(self, *, user_id: int, challenge_digest: bytes) -> None: ...

    async def end_registration(self, *, user_id: int, challenge_digest: bytes) -> int | None: ...

    async def begin_login(self, *, challenge_digest: bytes) -> None: ...

    async def end_login(self, *, challenge_digest: bytes) -> bytes | None: ...

    async def list_credentials(self, *, user_id: int) -> list[StoredCredential]: ...

    async def add_passkey(  # noqa: PLR0913
        self,
        *,
        user_id: int,
        credential_id: bytes,
        public_key: bytes,
        sign_count: int,
        transports: list[str],
        name: str,
    ) -> Passkey | None: ...

    async def list_passkeys(self, *, user_id: int, after: int, count: int) -> list[Passkey]: ...

    async def rename_passkey(self, *, user_id: int, id: int, name: str) -> Passkey: ...

    async def remove_passkey(self, *, user_id: int, id: int) -> int: ...

    async def find_passkey(self, *, credential_id: bytes, device_digests: list[bytes]) -> FoundPasskey | None: ...

    async def use_passkey(self, *, user_id: int, id: int, sign_count: int) -> int | None: ...


sql = bind(
    PasskeyQueries,
    missing=PASSKEY_NOT_FOUND,
    constraints={"passkeys_credential_id_key": PASSKEY_TAKEN},
)
