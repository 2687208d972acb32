"""README's examples for systemd and nginx are what these programs take, and work with the service."""

import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
import pytest
import trustme

from api.http1.limits import Limits
from api.paths import ROOT
from api.settings import Settings
from tests.conftest import free_port
from tests.installed import installed

README: Final = (ROOT / "README.md").read_text("utf-8")
[UNIT] = re.findall(r"```ini\n(.*?)```", README, re.DOTALL)
[SERVER] = re.findall(r"```nginx\n(.*?)```", README, re.DOTALL)


def seconds(name: str) -> int:
    return int(re.findall(rf"\b{name}[ =](\d+)s?\b", UNIT + SERVER)[0])


def test_times_fit_together() -> None:
    assert seconds("TimeoutStartSec") > Settings().start_timeout
    assert seconds("TimeoutStopSec") > seconds("DRAIN_SECONDS") + 30
    assert seconds("keepalive_timeout") < Limits().idle
    # README of the API says what an answer takes at most.
    assert seconds("proxy_read_timeout") > 30


@pytest.mark.long
def test_the_unit_is_one_of_systemd(tmp_path: Path) -> None:
    program = installed("systemd-analyze", "systemd")
    unit = tmp_path / "nestwerk.service"
    unit.write_text(UNIT.replace("/opt/nestwerk", str(ROOT)).replace("User=nestwerk", "User=daemon"))
    ran = subprocess.run([program, "verify", unit], check=False, capture_output=True, text=True)
    # It also looks at units of the machine.
    complaints = [line for line in ran.stderr.splitlines() if "nestwerk" in line]
    assert (ran.returncode, complaints) == (0, [])


@contextmanager
def nginx(service: str) -> Iterator[tuple[str, trustme.CA]]:
    """Address of nginx in front of a service, as README sets it up, and its certificates' authority."""
    program = installed("nginx", "nginx-light")
    authority, port = trustme.CA(), free_port()
    with TemporaryDirectory(prefix="nestwerk-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        certificate = authority.issue_cert("localhost")
        certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "both.pem"))
        server = SERVER.replace("127.0.0.1:8000", service.removeprefix("http://")).replace("443 ssl", f"{port} ssl")
        (folder / "index.html").write_text("the web client")
        server = server.replace("/var/www/app.example.org", name)
        server = re.sub(r"(ssl_certificate(?:_key)?) .*;", rf"\1 {folder}/both.pem;", server)
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "conf").write_text(
            f"pid {folder}/pid;\nerror_log {folder}/log;\nevents {{}}\n"
            # As many have it.
            f"http {{\naccess_log off;\ngzip on;\ngzip_types application/json;\n{temporary}{server}}}\n"
        )
        command: list[str | Path] = [program, "-p", name, "-c", folder / "conf"]
        subprocess.run([*command, "-t", "-q"], check=True)
        with subprocess.Popen([*command, "-g", "daemon off;"]) as process:
            try:
                yield f"https://localhost:{port}", authority
            finally:
                process.terminate()
        assert "[error]" not in (folder / "log").read_text()


@pytest.mark.long
def test_the_service_behind_nginx(service: str) -> None:
    with nginx(service) as (address, authority):
        context = ssl.create_default_context()
        authority.configure_trust(context)
        with httpx.Client(base_url=address, verify=context) as client:
            for _ in range(100):
                with suppress(httpx.ConnectError):
                    client.get("/health/live")
                    break
                time.sleep(0.02)
            account = {"username": "proxied", "email": "proxied@example.org", "password": "een lange zin, ja"}
            answer = client.post("/api/register", json=account, headers={"Origin": address})
            assert answer.status_code == 201
            # The cookie is one for TLS, as the service believes the proxy.
            assert "Secure" in answer.headers["set-cookie"]
            read = client.get("/api/users/me", headers={"Accept-Encoding": "gzip"})
            same = client.patch("/api/users/me", json={}, headers={"Origin": address, "If-Match": read.headers["etag"]})
            assert same.status_code == 200
            photo = {"profilePicture": b"\xff\xd8\xff" + bytes(12_000_000)}
            refused = client.post("/api/profile/picture", files=photo, headers={"Origin": address})
            assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")
            assert client.post("/api/logout", headers={"Origin": address}).is_success
            # Mails lead to both: a page of the web client, and one of the service.
            assert client.get("/reset-password/nw_token").text == "the web client"
            assert "<form" in client.get("/confirm-email/nw_token").text
            assert client.get("/schema/openapi.json").is_success
            wrong = client.post("/api/login", json=account, headers={"Origin": "https://localhost"})
            assert (wrong.status_code, wrong.json()["code"]) == (403, "forbidden_origin")
            large = client.post("/api/login", content=b" " * 1_500_000, headers={"Content-Type": "application/json"})
            assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
