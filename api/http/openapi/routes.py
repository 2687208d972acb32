"""Routes of the OpenAPI document and of Swagger UI, which loads nothing from another host."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, cast

import msgspec
from litestar import Litestar, MediaType, Request, Response, Router, route
from litestar.handlers import HTTPRouteHandler

from api.http.application import Application
from api.http.endpoint import get
from api.http.openapi.document import openapi_document

_PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HERE: Final = Path(__file__).parent


@get("/openapi.json", include_in_schema=False)
async def openapi(request: Request[Any, Any, Any]) -> bytes:
    """The OpenAPI document of the service."""
    return _encoded(request.app)


@cache
def _encoded(app: Litestar) -> bytes:
    return msgspec.json.encode(openapi_document(cast("Application", app)))


def _file(path: str, content: bytes, media_type: str, **headers: str) -> HTTPRouteHandler:
    """Route handler of a file."""

    @route(path, http_method=["GET", "HEAD"], include_in_schema=False, sync_to_thread=False)
    def answer() -> Response[bytes]:
        return Response(content, media_type=media_type, headers=headers)

    return answer


def _swagger_ui() -> Path:
    """Folder of Swagger UI's files, in a package that is installed only for them."""
    spec = find_spec("flask_openapi_swagger")
    if spec is None or spec.origin is None:
        raise RuntimeError("the files of Swagger UI are not installed")
    return Path(spec.origin).parent / "templates" / "swagger"


def _asset(path: Path, media_type: str) -> HTTPRouteHandler:
    return _file(f"/assets/{path.name}", path.read_bytes(), media_type, **{"Cache-Control": "max-age=86400"})


router = Router(
    "/schema",
    route_handlers=[
        openapi,
        _file(
            "/",
            (_HERE / "page.html").read_bytes(),
            MediaType.HTML,
            **{"Content-Security-Policy": _PAGE_POLICY},
        ),
        _asset(_HERE / "page.js", "text/javascript"),
        _asset(_swagger_ui() / "js" / "swagger-ui-bundle.js", "text/javascript"),
        _asset(_swagger_ui() / "css" / "swagger-ui.css", "text/css"),
    ],
)
