"""Processes that make pictures: they are bounded, and what happens in one is no harm to its worker."""

import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from api.pictures import making, pacing
from api.pictures.making import PROGRAM, make_sizes
from api.problems.problem import Problem
from tests.pictures.images import PNG, decoded, encoded, plain, png_chunk


async def outcome(content: bytes = PNG, user_id: int = 0) -> str:
    try:
        sizes = await make_sizes(content, user_id)
    except Problem as problem:
        return problem.type.code
    except RuntimeError as error:
        return str(error)
    return " ".join(str(decoded(size).width) for size in sizes)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "unreadable_picture"),
        ("import resource; resource.setrlimit(resource.RLIMIT_CPU, (0, 0))\nwhile True: pass", "unreadable_picture"),
        ("import time; time.sleep(9)", "too_busy"),
        ("import nothing_of_this_name", "program.py ended with status 1"),
    ],
)
async def test_whatever_happens_to_a_process_the_worker_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, expected: str
) -> None:
    (tmp_path / "program.py").write_text(program)
    with monkeypatch.context() as patch:
        patch.setattr(making, "PROGRAM", tmp_path / "program.py")
        patch.setattr(making, "LONGEST", 0.3 if "sleep" in program else 15)
        assert await outcome() == expected


async def test_a_process_knows_nothing_of_its_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    (tmp_path / "program.py").write_text(
        "import os, sys\nsys.stdout.write(repr((sorted(os.environ.keys() - {'LC_CTYPE'}), os.getcwd(),"
        " sorted(set(os.listdir('/proc/self/fd')) - {'0', '1', '2', '3'}) if sys.platform == 'linux' else [])))"
    )
    monkeypatch.setattr(making, "PROGRAM", tmp_path / "program.py")
    _, output, _ = making._run(b"")
    assert output.decode() == "([], '/', [])"


async def test_who_sends_many_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "_run", lambda _: (0, b"", 0.0))
    monkeypatch.setattr(pacing, "LONGEST_WAIT", 0.01)
    codes = [await outcome(user_id=1) for _ in range(11)]
    assert codes == [*[""] * 10, "too_many_requests"]
    assert await outcome(user_id=2) == ""


def made(content: bytes, limit: str = "") -> int:
    """Status of the program, in whose text a limit of memory may be another."""
    text = PROGRAM.read_text("utf-8")
    wanted = "\nBYTES: Final = 1024**3\n"
    assert wanted in text
    text = text.replace(wanted, f"\nBYTES: Final = {limit or '1024**3'}\n")
    ran = subprocess.run([sys.executable, "-I", "-c", text], input=content, stdout=subprocess.PIPE, check=False)
    return ran.returncode


def test_memory_is_bounded() -> None:
    large = encoded(plain(3600, 3600), "PNG")
    assert (made(large), made(large, "56 * 1024**2")) == (0, 11)
    # What a text hides is bounded before it's unpacked.
    assert made(PNG[:33] + chunk_of_text() + PNG[33:]) == 12


def chunk_of_text() -> bytes:
    return png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(4 * 1024**2)))
