"""The page that the link of a mail leads to, unless a web client has one at that path.

Programs that look into mails open their links, so opening it does nothing: its one button does. The token is the whole
of what is asked for, so neither a session nor the page's origin matters.
"""

import hashlib
from base64 import b64encode
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from litestar import MediaType, Request, Response, post, route

from api.email_confirmations.confirming import confirm
from api.email_confirmations.schemas import CONFIRMED
from api.http.language import negotiate_language
from api.problems.problem import Problem
from api.problems.text import Language, Text

_PAGE: Final = Template(Path(__file__).with_name("page.html").read_text("utf-8"))
_STYLE: Final = Path(__file__).with_name("page.css").read_text("utf-8")
_HASH: Final = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
_TITLE: Final = Text("Je e-mailadres bij Nestwerk", "Your e-mail address at Nestwerk")
_QUESTION: Final = Text("Is dit e-mailadres van jou?", "Is this e-mail address yours?")
_BUTTON: Final = Text("Ja, bevestigen", "Yes, confirm it")
_FORM: Final = '<form method="post"><button>{}</button></form>'

AnyRequest = Request[Any, Any, Any]


def _page(status: int, language: Language, text: str, form: str = "") -> Response[str]:
    content = _PAGE.substitute(
        language=language, style=_STYLE, title=_TITLE.format(language), text=escape(text), form=form
    )
    return Response(content, status_code=status, media_type=MediaType.HTML, headers=_HEADERS)


@route("/confirm-email/{token:str}", http_method=["GET", "HEAD"], include_in_schema=False)
async def ask(request: AnyRequest) -> Response[str]:
    """A page with a button, whatever the link."""
    language = _language(request)
    return _page(200, language, _QUESTION.format(language), _FORM.format(_BUTTON.format(language)))


@post("/confirm-email/{token:str}", include_in_schema=False)
async def use(request: AnyRequest) -> Response[str]:
    """What the button does: confirm the address, and say so."""
    language = _language(request)
    try:
        await confirm(request.path_params["token"])
    except Problem as problem:
        return _page(problem.type.status, language, problem.type.format(language, **problem.parameters))
    return _page(200, language, CONFIRMED.format(language))


def _language(request: AnyRequest) -> Language:
    return negotiate_language(request.headers.get("accept-language"))
