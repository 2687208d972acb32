"""Embeddings of texts, from a service that speaks as OpenAI's does (`POST …/embeddings`)."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from math import isfinite, sqrt
from typing import Final
from urllib.parse import urlsplit

import msgspec

from api.suggestions.schemas import DIMENSIONS

# Seconds for a call. A model says nothing before it's done with all texts, which can take some on a busy machine.
DEADLINE: Final = 30.0
# Bytes of an answer: as many vectors as are asked for at once have 3 MB at most.
_LARGEST_ANSWER: Final = 8 * 1024 * 1024


class EmbeddingError(Exception):
    """There are no embeddings; the message says why, and quotes nothing."""


class _Item(msgspec.Struct):
    index: int
    embedding: list[float]


class _Answer(msgspec.Struct):
    data: list[_Item]


_decode: Final = msgspec.json.Decoder(_Answer).decode


class Embeddings:
    """A model at an address. Its answers are believed only as far as they can be checked."""

    def __init__(self, url: str, model: str, key: str | None) -> None:
        """Take an address such as `https://api.example.org/v1`."""
        self.model = model
        self._url = urlsplit(url)
        self._key = key

    async def embed(self, texts: Sequence[str]) -> list[str]:
        """Vectors of texts, as PostgreSQL reads them: of length 1, padded to the column's dimensions.

        Raises:
            EmbeddingError: the service is away, slow, refuses, or its answer can't be used.

        """
        secure = self._url.scheme == "https"
        connection = (HTTPSConnection if secure else HTTPConnection)(self._url.netloc, timeout=DEADLINE)
        try:
            async with asyncio.timeout(DEADLINE):
                body = await asyncio.to_thread(self._ask, connection, texts)
        except (OSError, HTTPException, ValueError) as error:
            raise EmbeddingError(type(error).__name__) from None
        finally:
            # Whoever stops waiting, as at the deadline, ends the thread too.
            if connection.sock is not None:
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()
        return _vectors(body, len(texts))

    def _ask(self, connection: HTTPConnection, texts: Sequence[str]) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        body = msgspec.json.encode({"model": self.model, "input": texts, "encoding_format": "float"})
        connection.request("POST", f"{self._url.path.rstrip('/')}/embeddings", body, headers)
        response = connection.getresponse()
        if response.status != 200:
            raise EmbeddingError(f"status {response.status}")
        answer = response.read(_LARGEST_ANSWER + 1)
        if len(answer) > _LARGEST_ANSWER:
            raise EmbeddingError("the answer is too large")
        return answer


def _vectors(body: bytes, count: int) -> list[str]:
    try:
        items = sorted(_decode(body).data, key=lambda item: item.index)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise EmbeddingError("the answer is no list of embeddings") from None
    if [item.index for item in items] != list(range(count)):
        raise EmbeddingError("the answer has other texts than were asked for")
    if len({len(item.embedding) for item in items}) != 1:
        raise EmbeddingError("the vectors have different dimensions")
    return [_vector(item.embedding) for item in items]


def _vector(numbers: list[float]) -> str:
    if not 0 < len(numbers) <= DIMENSIONS:
        raise EmbeddingError(f"a vector has {len(numbers)} dimensions, and not 1 to {DIMENSIONS}")
    length = sqrt(sum(number * number for number in numbers)) if all(map(isfinite, numbers)) else 0.0
    if not 0 < length < float("inf"):
        raise EmbeddingError("a vector is zero, or has numbers that are none")
    padding = ["0"] * (DIMENSIONS - len(numbers))
    return "[" + ",".join([*(f"{number / length:.6f}" for number in numbers), *padding]) + "]"
