"""The OpenAPI document."""

import re
from collections.abc import Iterator
from typing import Any, Final

import httpx
import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.app import load_facts, load_routers
from api.http.schemas import Document, Input
from api.problems.labels import GENERAL_LABELS
from tests.problems.catalogue import PROBLEMS
from tests.test_access import MADE

load_routers()  # defines all subclasses of Document and Input

METHODS: Final = {"get", "post", "put", "patch", "delete"}
# Any path may respond with these, so no operation documents them.
UNDOCUMENTED: Final = {
    "headers_too_large",
    "http_version_not_supported",
    "invalid_host",
    "malformed_request",
    "method_not_allowed",
    "request_timeout",
    "unknown_transfer_coding",
    "uri_too_long",
}


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/schema/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    body: dict[str, Any] = answer.json()
    return body


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        assert set(item) <= METHODS
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        for part in node["$ref"].removeprefix("#/").split("/"):
            document = document[part]
        return document
    return node


def operation_of(document: dict[str, Any], id: str) -> dict[str, Any]:
    [operation] = [operation for _, operation in operations(document) if operation["operationId"] == id]
    return operation


def codes(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, set[str]]:
    """Problem codes of an operation by status."""
    return {
        status: set(resolve(document, response)["content"]["application/problem+json"]["examples"])
        for status, response in operation["responses"].items()
        if not status.startswith(("2", "3"))
    }


async def test_it_is_a_valid_document(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


async def test_every_operation_has_a_summary(document: dict[str, Any]) -> None:
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    assert all(tags.values())
    for name, operation in operations(document):
        assert operation["summary"], name
        assert set(operation["tags"]) <= set(tags), name
        assert len(operation["tags"]) == 1, name


async def test_every_body_and_result_has_an_example(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []
        contents += [response.get("content", {}) for response in operation["responses"].values()]
        for content in contents:
            for media_type in content.values():
                assert media_type["example"] is not None, name


def with_example(base: type[Document | Input]) -> Iterator[type[Document | Input]]:
    for kind in base.__subclasses__():
        if "example" in vars(kind):
            yield kind
        yield from with_example(kind)


@pytest.mark.parametrize("kind", sorted([*with_example(Document), *with_example(Input)], key=str))
def test_examples_are_valid(kind: type[Document | Input]) -> None:
    read = msgspec.json.decode(msgspec.json.encode(kind.example), type=kind)
    if issubclass(kind, Document):
        assert msgspec.json.decode(msgspec.json.encode(read)) == kind.example


def input_types(kind: type[Input] = Input) -> Iterator[type[Input]]:
    yield kind
    for inherited in kind.__subclasses__():
        yield from input_types(inherited)


async def test_every_field_and_parameter_has_a_label(document: dict[str, Any]) -> None:
    fields = {field.encode_name for kind in input_types() for field in msgspec.structs.fields(kind)}
    parameters = {
        parameter["name"]
        for _, operation in operations(document)
        for parameter in operation["parameters"]
        if parameter.get("in") == "query"
    }
    assert "step" in fields
    assert "limit" in parameters
    assert fields | parameters <= load_facts().labels.keys() | GENERAL_LABELS.keys()


async def test_every_response_has_a_request_id(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for response in operation["responses"].values():
            assert "X-Request-Id" in resolve(document, response)["headers"], name


async def test_every_problem_type_is_documented(document: dict[str, Any]) -> None:
    documented = {
        code for _, operation in operations(document) for found in codes(document, operation).values() for code in found
    }
    assert documented == PROBLEMS.keys() - UNDOCUMENTED
    assert document["components"]["examples"].keys() == PROBLEMS.keys()
    for code, example in document["components"]["examples"].items():
        assert example["value"]["code"] == code
        assert example["value"]["status"] == PROBLEMS[code].status


async def test_problems_of_an_operation(document: dict[str, Any]) -> None:
    assert codes(document, operation_of(document, "update_child_profile")) == {
        "400": {"invalid_query", "malformed_body", "invalid_body", "invalid_precondition"},
        "401": {"not_authenticated"},
        "403": {"forbidden_origin", "consent_required"},
        "404": {"not_found", "child_profile_not_found"},
        "409": {"routines_too_large"},
        "412": {"precondition_failed"},
        "413": {"body_too_large"},
        "415": {"unsupported_media_type"},
        "429": {"too_many_requests"},
        "500": {"internal_error", "outcome_unknown"},
        "503": {"too_busy", "database_unavailable", "schema_mismatch"},
    }
    assert codes(document, operation_of(document, "list_sessions")) == {
        "400": {"invalid_query", "invalid_cursor"},
        "401": {"not_authenticated"},
        "429": {"too_many_requests"},
        "500": {"internal_error"},
        "503": {"too_busy", "database_unavailable", "schema_mismatch"},
    }
    assert codes(document, operation_of(document, "live")) == {"400": {"invalid_query"}, "500": {"internal_error"}}


async def test_a_problem_response_allows_its_codes_only(document: dict[str, Any]) -> None:
    general = document["components"]["schemas"]["ProblemDocument"]["properties"]
    for response in document["components"]["responses"].values():
        content = response["content"]["application/problem+json"]
        options = content["schema"].get("oneOf", [content["schema"]])
        schemas = [resolve(document, option) for option in options]
        assert [schema["properties"]["code"]["const"] for schema in schemas] == list(content["examples"])
        if len(options) > 1:
            mapping = content["schema"]["discriminator"]["mapping"]
            assert mapping == dict(zip(content["examples"], (option["$ref"] for option in options), strict=True))
        for schema in schemas:
            code = schema["properties"]["code"]["const"]
            assert schema["properties"]["status"]["const"] == PROBLEMS[code].status
            assert schema["properties"].keys() == general.keys()
            assert f"`{code}`" in response["description"]


async def test_generators_make_a_type_of_each_schema(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        # msgspec puts the modules into the names of two structs that are called the same.
        assert re.fullmatch("[A-Z][A-Za-z0-9]*", name), name
        # A generated constructor names its result and the field alike.
        fields = schema.get("properties", {})
        assert snake(name).removeprefix("_") not in map(snake, fields), name
        for field, of_field in fields.items():
            assert "default" not in of_field, (name, field)
            if of_field.get("type") == "object":
                assert of_field["additionalProperties"] in (True, {"type": "string"}), (name, field)


async def test_generators_know_the_types_of_headers(document: dict[str, Any]) -> None:
    # openapi-python-client leaves out operations with a constant one.
    assert not [name for name, each in document["components"]["parameters"].items() if "const" in each["schema"]]


def snake(name: str) -> str:
    return re.sub("(?=[A-Z])", "_", name).lower()


async def test_headers_of_responses(document: dict[str, Any]) -> None:
    having = {
        header: {
            f"{operation['operationId']} {status}"
            for _, operation in operations(document)
            for status, response in operation["responses"].items()
            if header in resolve(document, response)["headers"]
        }
        for header in ("Location", "Set-Cookie", "Retry-After", "WWW-Authenticate")
    }
    # What makes a row of a resource that isn't named here tells its address too.
    others = {f"{document['paths'][route.path]['post']['operationId']} 201" for route in MADE.values()}
    assert having["Location"] == others | {
        "register 201",
        "add_session 201",
        "add_passkey 201",
        "put_parent_profile 201",
        "add_child_profile 201",
        "add_parenting_goal 201",
        "give_consent 201",
    }
    assert having["Set-Cookie"] == {
        "delete_user 204",
        "register 201",
        "login 200",
        "log_in_with_passkey 200",
        "logout 200",
        "reset_password 200",
        "change_password 204",
    }
    assert {name[-3:] for name in having["Retry-After"]} == {"429", "503"}
    assert {name[-3:] for name in having["WWW-Authenticate"]} == {"401"}


async def test_conditions(document: dict[str, Any]) -> None:
    """Reads can be repeated for what changed, changes of versions asked for: both tell the tag that it takes."""
    for name, operation in operations(document):
        asked = {parameter["$ref"].rpartition("/")[2] for parameter in operation["parameters"] if "$ref" in parameter}
        responses = {status: resolve(document, response) for status, response in operation["responses"].items()}
        tagged = {status for status, response in responses.items() if "ETag" in response["headers"]}
        if name == "GET /api/users/me/export":
            # Nobody has it before it's asked for.
            assert not tagged
        elif name.startswith("GET"):
            assert "If-None-Match" in asked, name
            assert tagged == {"200", "304"}, name
        else:
            assert ("If-Match" in asked) == ("412" in tagged), name
            assert ("If-None-Match-Any" in asked) == name.startswith("PUT"), name
    versioned = {name for name, operation in operations(document) if "412" in operation["responses"]}
    # A new resource has them too.
    assert versioned >= {
        f"{method} {path}"
        for path, methods in {
            "/api/child-profiles/{id}": ("PATCH", "DELETE"),
            "/api/parenting-goals/{id}": ("PATCH", "DELETE"),
            "/api/parent-profile": ("PUT", "PATCH"),
            "/api/users/me": ("PATCH",),
        }.items()
        for method in methods
    }


async def test_every_post_takes_a_key(document: dict[str, Any]) -> None:
    parameter = {"$ref": "#/components/parameters/Idempotency-Key"}
    for name, operation in operations(document):
        found = {code for those in codes(document, operation).values() for code in those}
        takes_key = name.startswith("POST ")
        assert (parameter in operation["parameters"]) == takes_key, name
        of_keys = {
            "idempotency_key_reused",
            "invalid_idempotency_key",
            "request_in_progress",
            "too_many_idempotency_keys",
        }
        assert (found & of_keys) == (of_keys if takes_key else set()), name
        replayed = "Idempotent-Replayed" in next(iter(operation["responses"].values()))["headers"]
        assert replayed == takes_key, name


async def test_security_of_operations(document: dict[str, Any]) -> None:
    sessions: list[dict[str, list[str]]] = [{"bearer": []}, {"cookie": []}]
    public = {
        "add_session",
        "ask_password_reset",
        "confirm_email",
        "get_login_options",
        "list_consent_texts",
        "live",
        "log_in_with_passkey",
        "login",
        "ready",
        "register",
        "reset_password",
    }
    for _, operation in operations(document):
        id = operation["operationId"]
        expected = None if id in public else [*sessions, {}] if id == "logout" else sessions
        assert operation.get("security") == expected, id


async def test_parameters(document: dict[str, Any]) -> None:
    *own, condition, shared = operation_of(document, "list_parenting_goals")["parameters"]
    assert shared == {"$ref": "#/components/parameters/Accept-Language"}
    assert condition == {"$ref": "#/components/parameters/If-None-Match"}
    parameters = {parameter["name"]: parameter for parameter in own}
    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert parameters["status"]["schema"]["pattern"] == "^[a-z][a-z_]{0,49}$"
    assert parameters["cursor"]["description"]
    assert not any(parameter["required"] for parameter in own)
    include = operation_of(document, "get_family")["parameters"][0]
    assert include["schema"]["items"]["enum"] == ["childProfiles", "parentProfile", "parentingGoals"]
    assert (include["style"], include["explode"]) == ("form", True)
    id = operation_of(document, "get_child_profile")["parameters"][0]
    assert (id["in"], id["required"], id["schema"]["maximum"]) == ("path", True, 2**63 - 1)


async def test_bodies(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        body = operation.get("requestBody")
        if body is not None and operation["operationId"] == "replace_picture":
            assert set(body["content"]) == {"multipart/form-data"}
            assert body["description"] == "A file of at most 2048 KiB."
        elif body is not None:
            assert set(body["content"]) == {"application/json"}, name
            size = 1024 if name.endswith("/batch") else 256 if "/onboarding/" in name else 64
            also = " `application/merge-patch+json` is taken too." if name.startswith("PATCH") else ""
            assert body["description"] == f"At most {size} KiB.{also}", name


async def test_schemas(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    child, added = schemas["ChildProfile"]["properties"], schemas["NewChildProfile"]
    assert child["routines"] == {"type": "object", "additionalProperties": True}
    assert schemas["NewParentingGoal"]["properties"]["status"]["description"].endswith("`active` if it's absent.")
    assert child["createdAt"] == {"type": "string", "format": "date-time"}
    assert child["lastAssessment"]["anyOf"] == [{"type": "string", "format": "date-time"}, {"type": "null"}]
    assert added["additionalProperties"] is False
    assert added["required"] == ["name", "age"]
    assert added["properties"]["age"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 18,
        "description": "Age in years.",
    }
    level = {"$ref": "#/components/schemas/StressLevel"}
    assert schemas["ParentProfile"]["properties"]["stressLevel"] == level
    assert schemas["NewParentProfile"]["properties"]["stressLevel"] == level | {
        "description": "`moderate` if it's absent."
    }
    assert schemas["StressLevel"] == {
        "title": "StressLevel",
        "type": "string",
        "enum": ["high", "low", "moderate", "very_high"],
    }
    assert schemas["ChildProfilePage"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/ChildProfile"}
    assert schemas["ChildProfilePage"]["title"] == "ChildProfilePage"
    assert set(schemas["User"]["properties"]) == {"id", "username", "email", "profilePicture", "consentNeeded"}
    assert "(?!" not in msgspec.json.encode(schemas).decode()


async def test_links(document: dict[str, Any]) -> None:
    linked = {
        id: {link: link_object.get("parameters") for link, link_object in response.get("links", {}).items()}
        for _, operation in operations(document)
        for id, response in [(operation["operationId"], next(iter(operation["responses"].values())))]
    }

    def by_id(expression: str) -> dict[str, dict[str, str]]:
        return {f"{verb}_child_profile": {"id": expression} for verb in ("get", "update", "delete")}

    assert linked["add_child_profile"] == linked["get_child_profile"] == by_id("$response.body#/id")
    assert linked["add_child_profiles"] == by_id("$response.body#/0/id")
    assert linked["list_child_profiles"] == {
        "next_page": {"cursor": "$response.body#/nextCursor"},
        **by_id("$response.body#/items/0/id"),
    }
    assert linked["login"] == {"get_user": None, "logout": None}
    for links in linked.values():
        for link, parameters in links.items():
            if link != "next_page":
                target = operation_of(document, link)
                assert set(parameters or ()) == {p["name"] for p in target["parameters"] if p.get("in") == "path"}
