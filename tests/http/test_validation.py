import json
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType

from api.auth.schemas import COMMON_PASSWORD
from api.http.input_types import in_order
from api.http.parsing import DEPTH_LIMIT
from api.http.request_head import PARAMETERS_LIMIT
from api.http.validation import decode_json, decode_query
from api.problems.field_messages import (
    AT_LEAST,
    BETWEEN,
    INVALID,
    JSON_SYNTAX,
    MOMENT_OUT_OF_RANGE,
    NOT_EMAIL,
    NUL_CHARACTER,
    TOO_MANY,
)
from api.problems.problem import ERROR_LIMIT, Problem, Violation, problem_body
from api.problems.text import Text
from tests.accounts import Accounts


class Stress(Enum):
    LOW = "low"
    HIGH = "very_high"


class Input(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    pass


class Child(Input):
    name: Annotated[str, Meta(min_length=1, max_length=5)]
    age: Annotated[int, Meta(ge=0, le=18)]
    special_needs: Annotated[list[Annotated[str, Meta(max_length=4)]], Meta(max_length=3)] = []


class Profile(Input):
    email: Annotated[str, Meta(pattern="^[^@]+@[^@]+$", extra={"message": NOT_EMAIL})]
    stress: Stress
    parent_type: Literal["mom", "dad", "other"] | None = None
    bio: Annotated[str, Meta(min_length=3, description="About you.")] | UnsetType | None = UNSET
    visited: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET
    weight: Annotated[float, Meta(ge=0.5)] = 1
    subscribed: bool = False
    routines: dict[str, Any] = {}
    scores: Annotated[
        dict[Annotated[str, Meta(max_length=2)], Annotated[int, Meta(ge=1, le=9)]], Meta(max_length=2)
    ] = {}
    children: Annotated[list[Child], Meta(min_length=1, max_length=3)] | UnsetType = UNSET


PROFILE = msgspec.json.Decoder(Profile)
CHILDREN = msgspec.json.Decoder(list[Child])


def valid_profile() -> dict[str, Any]:
    return {
        "email": "a@b",
        "stress": "low",
        "parentType": "mom",
        "bio": "kort",
        "visited": "2026-01-31T09:30:00+02:00",
        "weight": 3,
        "subscribed": True,
        "routines": {"bed": {"at": ["19:30", None, 1.5]}, "a/b": "x"},
        "scores": {"ab": 3},
        "children": [
            {"name": "Noor", "age": 0, "specialNeeds": ["a"]},
            {"name": "Sem", "age": 18, "specialNeeds": ["a", "b"]},
        ],
    }


def refused(body: bytes, decoder: msgspec.json.Decoder[Any] = PROFILE) -> Problem:
    with pytest.raises(Problem) as raised:
        decode_json(body, decoder)
    return raised.value


def errors(
    body: Any, decoder: msgspec.json.Decoder[Any] = PROFILE, language: Literal["nl", "en"] = "en"
) -> dict[str, str]:
    problem = refused(body if isinstance(body, bytes) else msgspec.json.encode(body), decoder)
    document = msgspec.json.decode(problem_body(problem, language, request_id="1", labels={}))
    assert document["code"] == "invalid_body"
    messages = {error["pointer"]: error["message"] for error in document["errors"]}
    assert len(messages) == len(document["errors"])
    return messages


def put(document: Any, pointer: str, value: Any) -> Any:
    """Set the value at a pointer, in place."""
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    for part in parents:
        document = document[int(part) if isinstance(document, list) else part]
    document[int(last) if isinstance(document, list) else last] = value
    return document


def without(document: Any, pointer: str) -> Any:
    del put(document, pointer, None)[pointer.rpartition("/")[2]]
    return document


ERRORS: dict[str, tuple[Any, str]] = {
    "/email": ("nobody", "must be an e-mail address, such as name@example.com"),
    "/stress": ("medium", "must be one of: low, very_high"),
    "/parentType": ("uncle", "must be one of: dad, mom, other"),
    "/bio": ("ja", "must have at least 3 characters"),
    "/visited": ("2026-01-31T09:30:00", "must have a time zone, such as Z or +02:00"),
    "/weight": (0.25, "must be 0.5 or more"),
    "/subscribed": ("true", "must be true or false"),
    "/routines/bed/at/0": ("\0", "contains a character we can't store (NUL)"),
    "/routines/a~1b": ("19\x0030", "contains a character we can't store (NUL)"),
    "/scores/ab": (10, "must be between 1 and 9"),
    "/scores/abc": (1, "must have at most 2 characters"),
    "/children/0/name": ("", "must not be empty"),
    "/children/0/age": (19, "must be between 0 and 18"),
    "/children/1/name": ("Benjamin", "must have at most 5 characters"),
    "/children/1/age": ("7", "must be a whole number"),
    "/children/1/specialNeeds/1": (None, "must not be null"),
    "/children/1/colour": ("red", "does not belong here; known are: name, age, specialNeeds"),
    "/a~1b~0c": (1, f"does not belong here; known are: {', '.join(Profile.__struct_encode_fields__)}"),
}


def test_a_valid_document_is_decoded_as_by_msgspec() -> None:
    body = msgspec.json.encode(valid_profile())
    assert decode_json(body, PROFILE) == PROFILE.decode(body)
    assert decode_json(b'{"email":"a@b","stress":"low"}', PROFILE).bio is UNSET
    assert decode_json(b'{"email":"a@b","stress":"low","bio":null}', PROFILE).bio is None


@given(st.sets(st.sampled_from(sorted(ERRORS))))
def test_each_error_is_reported_once_and_nothing_else(pointers: set[str]) -> None:
    document = valid_profile()
    for pointer in pointers:
        put(document, pointer, ERRORS[pointer][0])
    if pointers:
        problem = refused(msgspec.json.encode(document))
        assert sorted(violation.pointer for violation in problem.violations) == sorted(pointers)
        assert errors(document) == {pointer: ERRORS[pointer][1] for pointer in pointers}
    else:
        decode_json(msgspec.json.encode(document), PROFILE)


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        ("/email", 1, "must be text"),
        ("/email", None, "must not be null"),
        ("/stress", None, "must not be null"),
        ("/stress", ["low"], "must be one of: low, very_high"),
        ("/visited", "gisteren", "must be a moment in ISO 8601, such as 2026-01-31T09:30:00Z"),
        ("/visited", "2026-02-30T00:00:00Z", "must be a moment in ISO 8601, such as 2026-01-31T09:30:00Z"),
        ("/visited", 1769852000, "must be a moment in ISO 8601, such as 2026-01-31T09:30:00Z"),
        ("/visited", "0001-01-01T00:00:00+01:00", "is too far away in time"),
        ("/visited", "9999-12-31T23:59:59-01:00", "is too far away in time"),
        ("/weight", "3", "must be a number"),
        ("/weight", True, "must be a number"),
        ("/subscribed", 1, "must be true or false"),
        ("/children/0/age", 1.5, "must be a whole number"),
        ("/children/0/age", 19.0, "must be between 0 and 18"),
        ("/children/0/age", True, "must be a whole number"),
        ("/children/0/age", 2**64, "must be between 0 and 18"),
        ("/children/0/age", -1, "must be between 0 and 18"),
        ("/children/0", "Noor", "must be an object"),
        ("/children", {}, "must be a list"),
        ("/children", [], "must not be empty"),
        ("/children", [{"name": "a", "age": 1}] * 4, "must have at most 3 items"),
        ("/routines", [], "must be an object"),
        ("/routines/a~1b", {"\0": 1}, "contains a character we can't store (NUL)"),
        ("/scores", {"a": 1, "b": 2, "c": 3}, "must have at most 2 items"),
    ],
)
def test_messages(pointer: str, value: Any, message: str) -> None:
    document = valid_profile()
    put(document, pointer, value)
    found = errors(document)
    assert list(found.values()) == [message]
    assert next(iter(found)).startswith(pointer)


def test_null_and_absent_fields_that_are_allowed_are_not_reported_with_another_error() -> None:
    document = valid_profile() | {"parentType": None, "bio": None, "subscribed": 1}
    for name in ("visited", "weight", "routines", "scores", "children"):
        without(document, f"/{name}")
    assert errors(document) == {"/subscribed": "must be true or false"}


def test_a_missing_field_is_reported_at_its_pointer() -> None:
    document = valid_profile()
    without(document, "/email")
    without(document, "/children/1/age")
    assert errors(document) == {"/email": "is missing", "/children/1/age": "is missing"}
    assert errors({}, language="nl") == {"/email": "ontbreekt", "/stress": "ontbreekt"}


def test_errors_of_a_batch_have_an_index() -> None:
    batch = [{"name": "Noor", "age": 1}, {"name": "Sem"}, 3, {"name": "Bo", "age": 40}]
    assert errors(batch, CHILDREN) == {
        "/1/age": "is missing",
        "/2": "must be an object",
        "/3/age": "must be between 0 and 18",
    }


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"1", b"true"])
def test_a_document_of_another_type_is_reported_at_the_root(body: bytes) -> None:
    assert list(errors(body)) == [""]


def test_items_beyond_a_lists_limit_are_not_checked() -> None:
    children = [{"name": "a", "age": 1}] * 3 + [{}] * 1000
    assert errors(valid_profile() | {"children": children}) == {"/children": "must have at most 3 items"}
    assert errors(valid_profile() | {"scores": {"a": 1, "b": 1, "c": 0}}) == {"/scores": "must have at most 2 items"}


class Loose(msgspec.Struct):
    level: Literal[1, 2]


def test_choices_are_compared_with_their_type_and_unknown_fields_may_be_allowed() -> None:
    decoder = msgspec.json.Decoder(list[Loose])
    assert errors([{"level": 1, "other": "x"}, {"level": True}, {"level": 1.0}, {"level": None}], decoder) == {
        "/1/level": "must be one of: 1, 2",
        "/2/level": "must be one of: 1, 2",
        "/3/level": "must not be null",
    }


def test_errors_beyond_the_limit_are_cut_off() -> None:
    problem = refused(msgspec.json.encode([{}] * 500), CHILDREN)
    assert len(problem.violations) == ERROR_LIMIT + 1


@pytest.mark.parametrize(
    ("body", "defect"),
    [
        (b"", "is empty; it must hold JSON"),
        (b" \n", "is empty; it must hold JSON"),
        (b'{"email": "\xff"}', "is not valid UTF-8 (byte 11)"),
        (b'{"email": "\xed\xa0\x80"}', "is not valid UTF-8 (byte 11)"),
        ('{"email": "a@b"}'.encode("utf-16"), "is not valid UTF-8 (byte 0)"),
        (b"\xef\xbb\xbf{}", "begins with a byte order mark; leave it out"),
        (b'{"email": "a@b"', "is JSON without its end"),
        (b'{"email": "a@b",}', "is not valid JSON at byte 16 (trailing comma in object)"),
        (b"{} {}", "is not valid JSON at byte 4 (trailing characters)"),
        (b'{"weight": NaN}', "is not valid JSON at byte 11 (invalid character)"),
        (b'{"weight": -Infinity}', "is not valid JSON at byte 12 (invalid character)"),
        (b'{"email": "\0"}', "is not valid JSON at byte 11 (invalid character)"),
        (b'{"email": 1, "bio": "\\udc00"}', "is not valid JSON at byte 27 (invalid utf-16 surrogate pair)"),
        (b"[" * 60_000, "may be nested at most 64 levels deep"),
        (b'{"routines":' * 5_000, "may be nested at most 64 levels deep"),
        (b'{"email": "\\ud800"}', "contains half of a UTF-16 pair"),
        (b'{"weight": %s, "email": "\\ud800" }' % (b"9" * 5000), "contains half of a UTF-16 pair"),
        (b"[" * 900, "is JSON without its end"),
        (b'{"weight": %s, "email": }' % (b"9" * 5000), "is not valid JSON at byte 5022 (Expecting value)"),
    ],
)
def test_a_malformed_body(body: bytes, defect: str) -> None:
    document = msgspec.json.decode(problem_body(refused(body), "en", request_id="1", labels={}))
    assert (document["status"], document["code"]) == (400, "malformed_body")
    [error] = document["errors"]
    assert error["pointer"] == ""
    assert error["message"].endswith(defect)


@pytest.mark.parametrize("number", [b"1e400", b"-1e400000", b"9" * 5000, b"1" * 400 + b".5"])
def test_a_number_beyond_double_precision_is_refused(number: bytes) -> None:
    body = msgspec.json.encode(valid_profile() | {"weight": "W", "routines": {"a": ["R"]}})
    message = "is too large a number"
    assert errors(body.replace(b'"R"', number).replace(b'"W"', b"1")) == {"/routines/a/0": message}
    expected = "must be 0.5 or more" if number.startswith(b"-") else message
    with_age = body.replace(b'"R"', b"1").replace(b'"W"', b"1").replace(b'"age":18', b'"age":' + number)
    assert errors(with_age) == {"/children/1/age": "must be between 0 and 18"}
    assert errors(body.replace(b'"R"', number).replace(b'"W"', number)) == {
        "/weight": expected,
        "/routines/a/0": message,
    }


def test_accepted_numbers_survive_encoding() -> None:
    document = valid_profile() | {"routines": {"a": [10**4299, -(2**63), 1e308, 5e-324]}}
    decoded = decode_json(json.dumps(document).encode(), PROFILE)
    assert json.loads(msgspec.json.encode(decoded.routines)) == document["routines"]


def test_nul_in_a_key_is_reported_at_the_key() -> None:
    found = errors(valid_profile() | {"routines": {"bed": [{"\0": 1}]}, "scores": {"\0": 1}})
    assert list(found) == ["/routines/bed/0/\0", "/scores/\0"]


def test_the_text_of_an_escape_of_nul_is_not_nul() -> None:
    body = rb'{"email":"a@b","stress":"low","routines":{"\\u0000":"\\\\u0000"}}'
    assert decode_json(body, PROFILE).routines == {"\\u0000": "\\\\u0000"}
    assert list(errors(body.replace(rb"\\\\u", rb"\\\u"))) == ["/routines/\\u0000"]


@pytest.mark.parametrize("year", [rb"0001-", rb"\u0030001-", rb"000\u0031-", rb"0001\u002d", rb"0001\u002D"])
def test_a_moment_in_escapes_is_checked(year: bytes) -> None:
    body = rb'{"email":"a@b","stress":"low","visited":"%s01-01T00:00:00+01:00"}'
    assert errors(body % year) == {"/visited": "is too far away in time"}
    assert decode_json(body % rb"\u0031001-", PROFILE).visited == datetime(1000, 12, 31, 23, tzinfo=UTC)


def nested(levels: int) -> bytes:
    inner = b'{"a":' * (levels - 3) + b'{"a":[]}' + b"}" * (levels - 3)
    return b'{"email":"a@b","stress":"low","children":[{"name":"a","age":1}],"routines":%s}' % inner


def test_nesting_has_a_lower_limit_than_msgspecs() -> None:
    assert refused(nested(DEPTH_LIMIT)).type.code == "invalid_body"
    assert refused(nested(DEPTH_LIMIT + 1)).type.code == "malformed_body"


@pytest.mark.parametrize("age", [b"4.0", b"4e0", b"0.4e1"])
def test_a_whole_number_may_be_written_with_a_fraction(age: bytes) -> None:
    body = b'{"email":"a@b","stress":"low","children":[{"name":"null","age":%s}],"routines":{"a":2.0,"b":"true"}}' % age
    profile = decode_json(body, PROFILE)
    assert msgspec.json.encode(profile.children) == b'[{"name":"null","age":4,"specialNeeds":[]}]'
    assert profile.routines == {"a": 2.0, "b": "true"}
    for field in ("subscribed", "weight", "visited"):
        wrong = body.replace(b'"stress"', b'"%s":"1","stress"' % field.encode())
        assert list(errors(wrong)) == [f"/{field}"]


def test_so_may_one_that_may_be_null() -> None:
    decoder = msgspec.json.Decoder(dict[str, Annotated[int, Meta(ge=0, le=18)] | None])
    assert decode_json(b'{"a": 4.0, "b": null}', decoder) == {"a": 4, "b": None}


def test_an_error_of_the_type_itself_is_reported_for_a_number_with_a_fraction() -> None:
    class Even(Input):
        number: Annotated[int, Meta(ge=0, le=10)]

        def __post_init__(self) -> None:
            if self.number % 2:
                raise ValueError("odd")

    assert errors(b'{"number":3.0}', msgspec.json.Decoder(Even)) == {"": "is not valid, or is there twice"}


def test_the_last_value_of_a_repeated_key_wins() -> None:
    assert decode_json(b'{"email":"a@b","email":"c@d","stress":"low"}', PROFILE).email == "c@d"
    assert errors(b'{"email":1,"email":"c@d","stress":"low"}') == {"/email": "is not valid, or is there twice"}


def test_an_error_of_the_type_itself_is_reported_at_its_pointer() -> None:
    class Even(Input):
        number: Annotated[int, Meta(ge=0, le=10)]

        def __post_init__(self) -> None:
            if self.number % 2:
                raise ValueError("odd")

    decoder = msgspec.json.Decoder(dict[str, list[Even]])
    assert errors(b'{"a":[{"number":3}]}', decoder) == {"": "is not valid, or is there twice"}
    assert errors(b'[{"number":2},{"number":3}]', msgspec.json.Decoder(list[Even])) == {
        "/1": "is not valid, or is there twice"
    }


def refuse_common(password: str) -> Text | None:
    return COMMON_PASSWORD if password.startswith("pass") else None


class Registration(Input):
    email: Annotated[str, Meta(pattern="@", extra={"message": NOT_EMAIL})]
    password: Annotated[str, Meta(min_length=8, extra={"rule": refuse_common})]


class Period(Input):
    start: Annotated[int, Meta(ge=0, le=9)]
    end: Annotated[int, Meta(ge=0, le=9)]

    def violations(self) -> Iterator[Violation]:
        if self.end < self.start:
            yield Violation("/end", AT_LEAST, {"min": self.start})


def test_broken_rules_are_reported_with_other_errors() -> None:
    decoder = msgspec.json.Decoder(Registration)
    common = "is widely used and so easy to guess; please choose something else"
    assert errors({"email": "a@b", "password": "password"}, decoder) == {"/password": common}
    assert list(errors({"email": "ab", "password": "password"}, decoder)) == ["/email", "/password"]
    assert errors({"email": "a@b", "password": "pass"}, decoder) == {"/password": "must have at least 8 characters"}
    assert decode_json(b'{"email":"a@b","password":"nog beter"}', decoder).password == "nog beter"


def test_rules_across_fields_are_checked_once_the_fields_are_valid() -> None:
    decoder = msgspec.json.Decoder(list[Period])
    assert decode_json(b'[{"start":1,"end":2}]', decoder) == [Period(start=1, end=2)]
    assert errors([{"start": 1, "end": 2}, {"start": 2, "end": 1}, {"start": 12, "end": 1}], decoder) == {
        "/1/end": "must be 2 or more",
        "/2/start": "must be between 0 and 9",
    }


class Unlimited(Input):
    id: int


class Odd(Input):
    name: Annotated[str, Meta(pattern="x", extra={"message": BETWEEN})]


@pytest.mark.parametrize(
    "kind",
    [
        Unlimited,
        list[Annotated[int, Meta(ge=0)]],
        datetime,
        str | int | None,
        dict[int, str],
        set[str],
        Annotated[float, Meta(gt=0)],
        msgspec.Raw,
    ],
)
def test_types_that_cannot_be_checked_are_refused(kind: Any) -> None:
    with pytest.raises(TypeError):
        decode_json(b"1", msgspec.json.Decoder(kind))


def test_a_message_with_parameters_is_refused() -> None:
    with pytest.raises(TypeError):
        decode_json(b'{"name":"x"}', msgspec.json.Decoder(Odd))


KEYS = st.sampled_from([*Profile.__struct_encode_fields__, *Child.__struct_encode_fields__, "x", "a/b", "~"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
    | st.sampled_from(["low", "mom", "a@b", "2026-01-31T09:30:00Z", "0001-01-01T00:00:00+01:00", "\0"])
)
DOCUMENTS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6))
NEARLY = st.builds(lambda changes: valid_profile() | changes, st.dictionaries(KEYS, DOCUMENTS, max_size=4))


def resolves(document: Any, pointer: str) -> bool:
    """Whether a pointer names a part of a document, or a field that one of its objects lacks."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    for position, part in enumerate(parts):
        if isinstance(document, list):
            document = document[int(part)]
        elif part in document:
            document = document[part]
        else:
            return position == len(parts) - 1
    return True


def decoded(body: bytes) -> Profile | Problem:
    """Decode a body; the result is msgspec's value or a problem."""
    try:
        value = decode_json(body, PROFILE)
    except Problem as problem:
        return problem
    assert value == PROFILE.decode(body)
    return value


@given(document=DOCUMENTS | NEARLY, ascii_only=st.booleans())
def test_any_document_is_decoded_as_by_msgspec_or_refused(document: Any, *, ascii_only: bool) -> None:
    body = json.dumps(document, ensure_ascii=ascii_only).encode()
    result = decoded(body)
    if isinstance(result, Problem):
        assert result.type.code == "invalid_body"
        assert result.violations
        assert all(resolves(document, violation.pointer) for violation in result.violations)
        messages = {violation.message for violation in result.violations}
        assert INVALID not in messages
        if not messages & {NUL_CHARACTER, MOMENT_OUT_OF_RANGE}:
            with pytest.raises(msgspec.ValidationError):
                PROFILE.decode(body)


def no_constant(name: str) -> None:
    raise ValueError(name)


def is_json(body: bytes) -> bool:
    try:
        msgspec.json.encode(json.loads(body.decode(), parse_constant=no_constant))
    except ValueError:
        return False
    return True


SCRAPS = st.sampled_from([b"", b'"', b"\\ud800", b"\\u0000", b"{", b"]", b",", b"1e999", b"9" * 4200, b"\xff", b"NaN"])


@given(NEARLY, st.integers(0, 500), st.integers(0, 8), SCRAPS | st.binary(max_size=8))
def test_any_bytes_are_decoded_as_by_msgspec_or_refused(document: Any, start: int, cut: int, scrap: bytes) -> None:
    body = msgspec.json.encode(document)
    body = body[:start] + scrap + body[start + cut :]
    result = decoded(body)
    if isinstance(result, Problem):
        assert result.violations
        assert problem_body(result, "nl", request_id="1", labels={})
        assert result.type.code == ("invalid_body" if is_json(body) else "malformed_body")
    else:
        assert is_json(body)


class Search(Input):
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    status: Literal["active", "achieved"] | None = None
    cursor: Annotated[str, Meta(max_length=8)] | None = None
    include: list[Literal["parentProfile", "childProfiles"]] = []
    deep: bool = False


def query_errors(*pairs: tuple[str, str]) -> dict[str, str]:
    with pytest.raises(Problem) as raised:
        decode_query(pairs, Search)
    document = msgspec.json.decode(problem_body(raised.value, "en", request_id="1", labels={}))
    assert document["code"] == "invalid_query"
    messages = {error["pointer"]: error["message"] for error in document["errors"]}
    assert len(messages) == len(document["errors"])
    return messages


def test_a_query() -> None:
    assert decode_query([], Search) == Search()
    assert decode_query(
        [
            ("limit", "5"),
            ("status", "active"),
            ("cursor", "null"),
            ("include", "parentProfile,childProfiles"),
            ("deep", "true"),
        ],
        Search,
    ) == Search(limit=5, status="active", cursor="null", include=["parentProfile", "childProfiles"], deep=True)
    assert decode_query([("include", "")], Search) == Search()


@pytest.mark.parametrize("text", ["", "x", "5.0", "1e1", " 5", "+5", "٣", "null", "9" * 5000])
def test_a_parameter_that_is_not_an_integer(text: str) -> None:
    assert query_errors(("limit", text)) == {"limit": "must be a whole number"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("limit", "0", "must be between 1 and 100"),
        ("limit", "-3", "must be between 1 and 100"),
        ("limit", "9" * 400, "must be between 1 and 100"),
        ("status", "null", "must be one of: achieved, active"),
        ("status", "", "must be one of: achieved, active"),
        ("cursor", "123456789", "must have at most 8 characters"),
        ("cursor", "a\0", "contains a character we can't store (NUL)"),
        ("include", "parentProfile,x,y", "must be one of: childProfiles, parentProfile"),
        ("deep", "1", "must be true or false"),
        ("a/b~1", "x", "does not belong here; known are: limit, status, cursor, include, deep"),
        ("", "", "does not belong here; known are: limit, status, cursor, include, deep"),
    ],
)
def test_a_wrong_parameter(name: str, text: str, message: str) -> None:
    assert query_errors((name, text)) == {name: message}


class Nothing(Input):
    pass


def test_an_object_without_fields() -> None:
    assert errors({"x": 1, "y": 2}, msgspec.json.Decoder(Nothing)) == dict.fromkeys(
        ("/x", "/y"), "does not belong here; this object is always empty"
    )


@pytest.mark.parametrize("path", ["/api/user", "/api/child-profiles/1", "/health/live"])
async def test_an_address_without_parameters(path: str, accounts: Accounts) -> None:
    parent = await accounts.parent()
    for language, says in (
        ("nl", "hoort hier niet; dit adres heeft geen parameters"),
        ("en", "does not belong here; this address takes no parameters"),
    ):
        answer = await parent.client.get(f"{path}?x=1&a/b=&x=2", headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query")
        assert answer.json()["errors"] == [{"pointer": name, "message": says} for name in ("x", "a/b")]
        assert f"x {says}." in answer.json()["message"]
    many = await parent.client.get(path, params={f"p{number}": "" for number in range(PARAMETERS_LIMIT)})
    assert len(many.json()["errors"]) == PARAMETERS_LIMIT


def test_a_repeated_parameter_is_refused_even_with_the_same_value() -> None:
    assert query_errors(("limit", "5"), ("limit", "5")) == {"limit": "may be given only once"}


def test_a_repeated_list_is_one_list() -> None:
    both = [("include", "childProfiles,parentProfile"), ("include", "parentProfile")]
    assert decode_query(both, Search).include == ["childProfiles", "parentProfile", "parentProfile"]
    assert query_errors(("include", "parentProfile"), ("include", "x")) == query_errors(("include", "parentProfile,x"))


def test_every_wrong_parameter_is_reported_once() -> None:
    assert query_errors(
        ("limit", "0"), ("deep", "x"), ("a/b", "1"), ("a/b", "2"), ("status", "active"), ("status", "active")
    ) == {
        "limit": "must be between 1 and 100",
        "deep": "must be true or false",
        "a/b": "may be given only once",
        "status": "may be given only once",
    }


@given(st.lists(st.tuples(st.sampled_from([*Search.__struct_encode_fields__, "x", "a/b"]) | st.text(), st.text())))
def test_any_query_is_decoded_or_refused(pairs: list[tuple[str, str]]) -> None:
    names = [name for name, _ in pairs]
    try:
        decode_query(pairs, Search)
    except Problem as problem:
        found = [violation.pointer for violation in problem.violations]
    else:
        found = []
    assert len(found) == len(set(found))
    repeated_or_unknown = {
        name
        for name in names
        if (names.count(name) > 1 and name != "include") or name not in Search.__struct_encode_fields__
    }
    assert repeated_or_unknown <= set(found) <= set(names)


class Stay(Input):
    arrives_at: Annotated[datetime, Meta(tz=True)]
    leaves_at: Annotated[datetime, Meta(tz=True)] | UnsetType | None = UNSET

    violations = in_order("arrives_at", "leaves_at")


@pytest.mark.parametrize(
    ("leaves", "wrong"),
    [
        ("2026-01-01T10:00:01Z", False),
        ("2026-01-01T10:00:00Z", True),
        ("2026-01-01T11:30:00+02:00", True),
        (None, False),
        (UNSET, False),
    ],
)
def test_a_range_ends_after_it_begins(*, leaves: Any, wrong: bool) -> None:
    decoder = msgspec.json.Decoder(list[Stay])
    stay = {"arrivesAt": "2026-01-01T10:00:00Z"} | ({} if leaves is UNSET else {"leavesAt": leaves})
    if wrong:
        assert errors([stay], decoder) == {"/0/leavesAt": "must be later than the beginning"}
    else:
        decode_json(msgspec.json.encode([stay]), decoder)


SHORT_LIST = Annotated[list[Child], Meta(max_length=3)]


@given(
    st.lists(st.sampled_from(['{"name":"Bo","age":4}', "{}", "1", '{"name":"","age":[1]}', "[[]]", "nul"]), max_size=9)
)
def test_of_a_list_that_is_too_long_only_what_may_be_there_is_told(items: list[str]) -> None:
    body = f"[{','.join(items)}]".encode()
    try:
        decode_json(body, msgspec.json.Decoder(SHORT_LIST))
    except Problem as problem:
        found = problem.violations
    else:
        found = []
    if "nul" in items:
        assert [each.message for each in found] == [JSON_SYNTAX]
        return
    # The items are checked one by one, too.
    single: list[Violation] = []
    for place, item in enumerate(items[:3]):
        try:
            decode_json(f"[{item}]".encode(), msgspec.json.Decoder(SHORT_LIST))
        except Problem as problem:
            single += [
                Violation(each.pointer.replace("/0", f"/{place}", 1), each.message, each.parameters)
                for each in problem.violations
            ]
    assert found == [*([Violation("", TOO_MANY, {"max": 3})] if len(items) > 3 else []), *single]
