"""What exports may take of a worker."""

import pytest

from api.auth.schemas import Caller
from api.exports import document
from api.problems.problem import Problem
from api.problems.types import TOO_BUSY


async def test_a_worker_has_so_many_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(_caller: Caller, spool: document.Spool) -> int:
        spool.write(b"{")
        return 0

    monkeypatch.setattr(document, "_read_snapshot", read)
    caller = Caller(1, 1, 1, None, 1)
    documents = [await document.export(caller) for _ in range(document.MOST)]
    for given in documents:
        assert await anext(given) == b"{"
    for _ in range(2):
        with pytest.raises(Problem) as refused:
            await document.export(caller)
        assert refused.value.type is TOO_BUSY
    await documents.pop().aclose()
    del given
    assert await anext(await document.export(caller)) == b"{"
