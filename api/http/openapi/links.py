"""Links: the operations that a client may call after a response, and where their parameters come from."""

from typing import Any, Final, get_origin

from api.http.endpoint import Endpoint
from api.http.openapi.schemas import result_type
from api.http.schemas import Page

_ITEM: Final = "/{id}"
_BATCH: Final = "/batch"


def add_links(paths: dict[str, Any], endpoints: dict[str, Endpoint]) -> None:
    """Add links to the successful responses of all operations; `endpoints` are by operation id.

    Raises:
        KeyError: an endpoint names a next operation that doesn't exist.

    """
    for path, item in paths.items():
        for operation in item.values():
            endpoint = endpoints[operation["operationId"]]
            links = _item_links(paths, path, endpoint) | _page_link(endpoint)
            links |= {name: {"operationId": endpoints[name].fn.__name__} for name in endpoint.next_operations}
            if links:
                for status, response in operation["responses"].items():
                    if status.startswith("2"):
                        response["links"] = links


def _item_links(paths: dict[str, Any], path: str, endpoint: Endpoint) -> dict[str, Any]:
    """Links from a list or an item to the operations on the item."""
    expression = _id_expression(result_type(endpoint))
    item = paths.get(path.removesuffix(_ITEM).removesuffix(_BATCH) + _ITEM)
    if item is None or expression is None:
        return {}
    return {
        operation["operationId"]: {"operationId": operation["operationId"], "parameters": {"id": expression}}
        for operation in item.values()
    }


def _id_expression(kind: Any) -> str | None:
    """OpenAPI's runtime expression for the id in a result, or None."""
    if get_origin(kind) is Page:
        return "$response.body#/items/0/id"
    if get_origin(kind) is list:
        return "$response.body#/0/id"
    return "$response.body#/id" if "id" in getattr(kind, "__struct_fields__", ()) else None


def _page_link(endpoint: Endpoint) -> dict[str, Any]:
    if get_origin(result_type(endpoint)) is not Page:
        return {}
    name = endpoint.fn.__name__
    return {"next_page": {"operationId": name, "parameters": {"cursor": "$response.body#/nextCursor"}}}
