"""The OpenAPI document, and a page to browse and try it that loads nothing from another host."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Litestar, Request, Response, Router
from litestar import get as litestar_get
from litestar.exceptions import NotFoundException

from api.http.endpoint import get
from api.http.openapi.document import openapi_document

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Nestwerk API</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/schema/assets/swagger-ui.css">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/schema/assets/swagger-ui-bundle.js"></script>
  <script src="/schema/assets/start.js"></script>
</body>
</html>
"""
_START: Final = """window.ui = SwaggerUIBundle({
  url: "/schema/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
"""
_POLICY: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}


def _swagger_ui(path: str) -> Path:
    spec = find_spec("flask_openapi_swagger")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the files of Swagger UI are not installed")
    return Path(spec.submodule_search_locations[0]) / "templates" / "swagger" / path


_ASSETS: Final = {
    "swagger-ui.css": (_swagger_ui("css/swagger-ui.css"), "text/css"),
    "swagger-ui-bundle.js": (_swagger_ui("js/swagger-ui-bundle.js"), "text/javascript"),
}


@get("/openapi.json", include_in_schema=False)
async def openapi(request: Request[Any, Any, Any]) -> bytes:
    """Answer with the OpenAPI document of the running service."""
    return _encoded(request.app)


@cache
def _encoded(app: Litestar) -> bytes:
    return msgspec.json.encode(openapi_document(app))


@litestar_get("/", include_in_schema=False, media_type="text/html", sync_to_thread=False)
def page() -> Response[str]:
    """Answer with the page that shows the document."""
    return Response(_PAGE, headers=_POLICY)


@litestar_get("/assets/{name:str}", include_in_schema=False, sync_to_thread=True)
def asset(name: str) -> Response[bytes]:
    """Answer with a file of Swagger UI."""
    headers = {"Cache-Control": "max-age=86400"}
    if name == "start.js":
        return Response(_START.encode(), media_type="text/javascript", headers=headers)
    if name not in _ASSETS:
        raise NotFoundException
    path, media_type = _ASSETS[name]
    return Response(path.read_bytes(), media_type=media_type, headers=headers)


router = Router("/schema", route_handlers=[openapi, page, asset])
