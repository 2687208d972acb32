"""Mails say the same as text and as HTML, and nothing in them can become a header or markup."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from api.mail.kinds import Link, Message
from api.mail.rendering import UndeliverableError
from tests.mail.mailbox import text_of
from tests.mail.queue import RENDERER, queued

LINK = Link("Kies een nieuw wachtwoord", "/reset-password/abc")


def rendered(message: Message, recipient: str = "noor@example.org") -> EmailMessage:
    """A mail as a mail server would get it."""
    sent = RENDERER.render(queued(recipient), message).as_bytes()
    assert max(map(len, sent.split(b"\r\n"))) <= 998
    assert b"\r\n" in sent
    assert b"\n" not in sent.replace(b"\r\n", b"")
    mail = message_from_bytes(sent, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_text_and_html_say_the_same() -> None:
    mail = rendered(Message("Één onderwerp — ✓", ("Dag <Noor> & co,", LINK, "Groet.")))
    url = "https://nestwerk.example/reset-password/abc"
    assert mail["Subject"] == "Één onderwerp — ✓"
    assert text_of(mail) == f"Dag <Noor> & co,\n\nKies een nieuw wachtwoord:\n{url}\n\nGroet.\n"
    html = text_of(mail, "html")
    assert "<p>Dag &lt;Noor&gt; &amp; co,</p>" in html
    assert f'<a href="{url}">Kies een nieuw wachtwoord</a>' in html
    assert '<html lang="nl">' in html
    assert "<title>Één onderwerp — ✓</title>" in html
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_long_lines_and_dots_arrive_as_they_are() -> None:
    words = "a" * 3000
    assert text_of(rendered(Message(words, (words, ".", f".{words}")))) == f"{words}\n\n.\n\n.{words}\n"


def test_markup_stays_text() -> None:
    attack = "\"><script>alert('x')</script>$paragraphs"
    html = text_of(rendered(Message(attack, (attack, Link(attack, "/a?b=\"'<c>")))), "html")
    assert "<script" not in html
    assert "$paragraphs" in html
    assert 'href="https://nestwerk.example/a?b=&quot;&#x27;&lt;c&gt;"' in html


@pytest.mark.parametrize("subject", ["Dag\r\nBcc: all@example.org", "Dag\nBcc: all@example.org", "Dag\rBcc: b@c"])
def test_a_subject_is_one_line(subject: str) -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        rendered(Message(subject, ("Dag",)))


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "x", "/a b", "/a\nb", "", "/\\evil.example"]
)
def test_a_link_stays_with_us(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        rendered(Message("Dag", (Link("Hier", path),)))


@pytest.mark.parametrize(
    ("recipient", "header"),
    [
        ("noor+nest@example.org", "noor+nest@example.org"),
        ("noor@[192.0.2.1]", "noor@[192.0.2.1]"),
        ("noor@Bücher.example", "noor@xn--bcher-kva.example"),
        ("noor@münchen.straße.example", "noor@xn--mnchen-3ya.xn--strae-oqa.example"),
        ("жанна@example.org", "жанна@example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
    ],
)
def test_recipients(recipient: str, header: str) -> None:
    assert rendered(Message("Dag", ("Dag",)), recipient)["To"] == header


@pytest.mark.parametrize(
    "recipient",
    [
        "a,b@c.nl",
        "<a@b.nl>",
        'a"b@c.nl',
        "a;b@c.nl",
        "a@b@c.nl",
        "a\r\nBcc:b@c.nl",
        "a\0b@c.nl",
        "a@b..☃",
        "a@☃\u202e.nl",
    ],
)
def test_what_is_no_address_gets_no_mail(recipient: str) -> None:
    with pytest.raises(UndeliverableError, match=r"address|domain"):
        rendered(Message("Dag", ("Dag",)), recipient)
