"""SMTP_URL, MAIL_FROM and PUBLIC_URL: what is read, and what is refused with a line that has no secret."""

from pathlib import Path

import pytest

from api.mail_settings import MailFrom, MailServer, is_readable, mail_domain
from api.setting_values import SettingsError
from api.settings import read_settings

MAIL = "mail.example.org"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (f"smtp://{MAIL}", MailServer(MAIL, 587, "starttls")),
        (f"smtp://{MAIL}:25/", MailServer(MAIL, 25, "starttls")),
        (f"smtps://noor:sesam@{MAIL}", MailServer(MAIL, 465, "tls", "noor", "sesam")),
        (f"smtp://noor%40b:a%2Fb%25%3A@{MAIL}:2525", MailServer(MAIL, 2525, "starttls", "noor@b", "a/b%:")),
        ("smtp://localhost:1025", MailServer("localhost", 1025, "offered")),
        ("smtp://127.0.0.2", MailServer("127.0.0.2", 587, "offered")),
        ("smtp://[::1]:25", MailServer("::1", 25, "offered")),
        ("smtp://192.0.2.1", MailServer("192.0.2.1", 587, "starttls")),
        ("smtp://localhost.example.org", MailServer("localhost.example.org", 587, "starttls")),
        ("smtps://localhost", MailServer("localhost", 465, "tls")),
    ],
)
def test_a_mail_server(url: str, server: MailServer, tmp_path: Path) -> None:
    assert read_settings({"SMTP_URL": url}).smtp_url == server
    (tmp_path / "url").write_text(f"{url}\n")
    assert read_settings({"SMTP_URL_FILE": str(tmp_path / "url")}).smtp_url == server


@pytest.mark.parametrize(
    "url",
    [
        f"http://noor:sesam@{MAIL}",
        f"smtp://noor:se/sam@{MAIL}",
        f"smtp://noor:se@sam@{MAIL}",
        f"smtp://noor:sesam%zz@{MAIL}",
        f"smtp://noor:sesam%00@{MAIL}",
        f"smtp://sesam@{MAIL}",
        f"smtp://noor:sesam@{MAIL}:65536",
        f"smtp://noor:sesam@{MAIL}:smtp",
        f"smtp://noor:sesam@{MAIL}/path",
        f"smtp://noor:sesam@{MAIL}?starttls=no",
        f"smtp://noor:ses am@{MAIL}",
        "smtp://noor:sesam@",
        "sesam",
    ],
)
def test_what_is_no_mail_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="SMTP_URL is not like smtp://user:password@") as refused:
        read_settings({"SMTP_URL": url})
    assert "sam" not in str(refused.value)


def test_a_password_is_not_shown() -> None:
    settings = read_settings({"SMTP_URL": f"smtp://noor:sesam@{MAIL}"})
    assert "sesam" not in f"{settings} {settings.smtp_url!r}"


@pytest.mark.parametrize(
    ("environment", "origin", "sender"),
    [
        ({}, "http://127.0.0.1:8000", "noreply@[127.0.0.1]"),
        ({"HOST": "::", "PORT": "9000"}, "http://localhost:9000", "noreply@localhost"),
        ({"HOST": "::1"}, "http://[::1]:8000", "noreply@[IPv6:::1]"),
        ({"PUBLIC_URL": "https://nestwerk.example/"}, "https://nestwerk.example", "noreply@nestwerk.example"),
        ({"PUBLIC_URL": "http://localhost:5173"}, "http://localhost:5173", "noreply@localhost"),
    ],
)
def test_origins_of_links(environment: dict[str, str], origin: str, sender: str) -> None:
    settings = read_settings(environment)
    assert settings.public_url == origin
    assert settings.mail_from == MailFrom("Nestwerk", sender)
    assert mail_domain(origin) == sender.partition("@")[2]


@pytest.mark.parametrize(
    ("origin", "readable"),
    [
        ("http://nestwerk.example", True),
        ("http://192.0.2.1:8000", True),
        ("http://[::1]:8000", False),
        ("http://app.localhost", False),
        ("https://nestwerk.example", False),
    ],
)
def test_links_that_can_be_read(origin: str, readable: bool) -> None:
    assert is_readable(origin) == readable


@pytest.mark.parametrize(
    "url",
    [
        "nestwerk.example", "https://nestwerk.example/app", "https://noor@nestwerk.example", "ftp://nestwerk.example",
        "https://nestwerk.example?x", "https://nestwerk.example#", "https://", "https://a b", "https://a:99999",
        "https://nestwerk.example\n", "https://bücher.example",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"PUBLIC_URL=.* is not like https://example.org"):
        read_settings({"PUBLIC_URL": url})


@pytest.mark.parametrize(
    ("text", "mail_from"),
    [
        ("post@nestwerk.example", MailFrom("", "post@nestwerk.example")),
        ("Nestwerk <post@nestwerk.example>", MailFrom("Nestwerk", "post@nestwerk.example")),
        ('"Nestwerk, Zoë" <post@nestwerk.example>', MailFrom("Nestwerk, Zoë", "post@nestwerk.example")),
    ],
)
def test_whom_mails_come_from(text: str, mail_from: MailFrom) -> None:
    assert read_settings({"MAIL_FROM": text}).mail_from == mail_from


@pytest.mark.parametrize(
    "text", ["Nestwerk", "post@", "a b@c.nl", "Nestwerk <post@c.nl", "a@b.nl, c@d.nl", "A\r\nBcc: x <a@b.nl>", "é@b.nl"]
)
def test_what_is_no_sender_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"MAIL_FROM=.* is not like Nestwerk <noreply@example.org>"):
        read_settings({"MAIL_FROM": text})
