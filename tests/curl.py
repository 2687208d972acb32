"""A curl with the options that examples use, for machines without one, that records its calls.

It costs nothing to start: a script tells the test's process what to call.
"""

import argparse
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import httpx

# Says what to call, and prints what that gave.
CURL: Final = """#!/bin/bash
exec 3<> /dev/tcp/127.0.0.1/$CURL_PORT
printf '%s\\0' "$@" "" >&3
exec cat <&3
"""


class Call(NamedTuple):
    status: str
    method: str
    url: str


class Curl:
    """Calls with the options that the examples use, and knows the calls of each block."""

    def __init__(self) -> None:
        self.blocks: list[list[Call]] = []
        self._jars: dict[str, httpx.Cookies] = {}
        self._parser = argparse.ArgumentParser()
        self._parser.add_argument("-s", action="store_true")
        for name in "cbdXowF":
            self._parser.add_argument(f"-{name}")
        self._parser.add_argument("-H", action="append", default=[])
        self._parser.add_argument("url")

    def run(self, arguments: list[str]) -> str:
        """Output of a call."""
        options = self._parser.parse_args(arguments)
        if options.url == "block":
            self.blocks.append([])
            return ""
        headers = dict(header.split(": ", 1) for header in options.H)
        files = None
        if options.F is not None:
            field, _, path = options.F.partition("=@")
            files = {field: Path(path).read_bytes()}
        method = options.X or ("GET" if options.d is None and files is None else "POST")
        with httpx.Client(cookies=self._jars.get(options.b or options.c), timeout=30, verify=False) as client:
            answer = client.request(method, options.url, content=options.d, files=files, headers=headers)
            if options.c:
                self._jars[options.c] = client.cookies
        self.blocks[-1].append(Call(str(answer.status_code), method, options.url))
        told = (options.w or "").replace("%{content_type}", answer.headers.get("content-type", ""))
        told = told.replace("%header{etag}", answer.headers.get("etag", ""))
        told = told.replace("%{http_code}", str(answer.status_code)).replace("\\n", "\n")
        return (answer.text if options.o is None else "") + told


@contextmanager
def listening(curl: Curl) -> Iterator[int]:
    """Port at which it is told what to call, within the block."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            said = b""
            while not said.endswith(b"\0\0"):
                said += self.request.recv(65536)
            self.wfile.write(curl.run(said[:-2].decode().split("\0")).encode())

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
