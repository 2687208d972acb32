"""Verdicts of before, kept in `DATA_DIR/mutants.json`: of mutants that were noticed, by what is still the same.

So a run that was cut off goes on, and one after a few changes takes minutes. Mutants that nobody noticed are tried
again each time.
"""

import re
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from api.paths import ROOT
from tests.mutation.digests import digest_of_checks, digest_of_test
from tests.mutation.mutants import Mutant
from tests.mutation.recordings import keep
from tests.mutation.tasks import Verdict

# Verdicts between two times that they are written down.
_BETWEEN_WRITES: Final = 100
# A note on an equivalent mutant, with the lines that go on with it, as `comments.py` of the statements reads them.
_NOTE: Final = re.compile(r"^[ \t]*--[ \t]*equivalent:.*\n(?:[ \t]*--   .*\n)*", re.MULTILINE)


class Noticed(msgspec.Struct, frozen=True):
    """What noticed a mutant, and the digest of that."""

    verdict: Verdict
    digest: str


class Verdicts:
    """Those of before, and those of this run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._noticed: dict[str, Noticed] = {}
        self._unwritten = 0
        if path.exists():
            self._noticed = msgspec.json.decode(path.read_bytes(), type=dict[str, Noticed])

    def of(self, mutant: Mutant) -> Verdict | None:
        """The verdict of before, if it would be the same today."""
        noticed = self._noticed.get(_key(mutant))
        if noticed is None or noticed.digest != _digest_of(mutant, noticed.verdict):
            return None
        return noticed.verdict

    def note(self, mutant: Mutant, verdict: Verdict) -> None:
        digest = _digest_of(mutant, verdict)
        if digest is None:
            self._noticed.pop(_key(mutant), None)
            return
        self._noticed[_key(mutant)] = Noticed(verdict, digest)
        self._unwritten += 1
        if self._unwritten >= _BETWEEN_WRITES:
            self.write()

    def write(self) -> None:
        keep(self._path, self._noticed)
        self._unwritten = 0


def _key(mutant: Mutant) -> str:
    """What is run in place of the original.

    Comments belong to it, as checks decide by notes and descriptions, but for notes on mutants.
    """
    made = _NOTE.sub("", mutant.statement) or mutant.apply or mutant.text
    return sha256(f"{mutant.file}\0{mutant.subject}\0{made}".encode()).hexdigest()


def _digest_of(mutant: Mutant, verdict: Verdict) -> str | None:
    """None of a verdict that isn't kept."""
    if verdict.outcome in {"check", "stillborn"}:
        return digest_of_checks(of_statement=mutant.kind == "statement")
    test, stands, _ = verdict.by.partition("::")
    if verdict.outcome != "tests" or not stands or not (ROOT / test).exists():
        return None
    return digest_of_test(test)
