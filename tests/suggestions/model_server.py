"""A server on loopback that answers `POST /v1/embeddings` as OpenAI's does, or as a test wants it to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# Numbers of a text's vector: how often it has each of these.
MARKS = ("vogel", "fiets", "zee")


class ModelServer:
    """Its address, what it was asked, and how it answers: with status and body for the texts."""

    def __init__(self, address: str) -> None:
        self.url = f"{address}/v1"
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.answer: Callable[[list[str]], tuple[int, bytes]] = honest

    @property
    def texts(self) -> list[str]:
        """All texts that it was sent."""
        return [text for request in self.requests for text in request["input"]]


def honest(texts: list[str]) -> tuple[int, bytes]:
    data = [
        {"object": "embedding", "index": index, "embedding": [*(text.lower().count(mark) for mark in MARKS), 1]}
        for index, text in enumerate(texts)
    ]
    return 200, json.dumps({"object": "list", "data": data[::-1], "model": "m", "usage": {}}).encode()


@contextmanager
def model_server() -> Iterator[ModelServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            served.requests.append({"path": self.path, **request})
            served.keys.append(self.headers["Authorization"])
            status, body = served.answer(request["input"])
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served = ModelServer(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield served
        finally:
            server.shutdown()
