"""The tables of endpoints and problems in api/README.md, made from the application's OpenAPI document."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from api.app import unserved_app
from api.checks.kept_files import around
from api.http.openapi.document import openapi_document
from api.paths import API_README

_RETRY: Final = "Retry-After"


def readme_with_tables() -> str:
    """Text of api/README.md with its tables brought up to date."""
    document = openapi_document(unserved_app())
    text = API_README.read_text("utf-8")
    for name, table in (("endpoints", _endpoints(document)), ("problems", _problems(document))):
        before, after = around(API_README, text, f"<!-- {name} -->\n", f"<!-- end of {name} -->\n")
        text = "\n".join([before, *table, "", after])
    return text


def _endpoints(document: Mapping[str, Any]) -> Iterator[str]:
    yield "| call | what it does |"
    yield "|---|---|"
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"| `{method.upper()} {path}` | {operation['summary'].rstrip('.')} |"


def _problems(document: Mapping[str, Any]) -> Iterator[str]:
    codes: dict[int, list[str]] = {}
    for code, example in document["components"]["examples"].items():
        codes.setdefault(example["value"]["status"], []).append(code)
    waiting = {
        int(status)
        for item in document["paths"].values()
        for operation in item.values()
        for status, response in operation["responses"].items()
        if _RETRY in _resolved(document, response)["headers"]
    }
    yield "| status | codes |"
    yield "|---|---|"
    for status in sorted(codes):
        listed = ", ".join(f"`{code}`" for code in codes[status])
        yield f"| {status} | {listed}{f', with `{_RETRY}`' if status in waiting else ''} |"


def _resolved(document: Mapping[str, Any], response: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in response:
        return response
    found: Mapping[str, Any] = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return found
