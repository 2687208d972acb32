import ast
from collections.abc import Iterator
from string import Formatter
from typing import Any

import msgspec
import pytest

from api.http.language import Language
from api.paths import API
from api.problems.field_messages import FIELD_LABELS, FIELD_MESSAGES
from api.problems.messages import NOTICES, PROBLEMS, Text
from api.problems.problem import ERROR_LIMIT, Invalid, Problem, problem_body
from api.problems.wording import notice, parameter_names


def document(problem: Problem, language: Language = "nl") -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(problem_body(problem, language, request_id="0a1b"))
    return decoded


def test_a_problem_document() -> None:
    assert document(Problem("child_profile_not_found")) == {
        "type": "urn:nestwerk:problem:child_profile_not_found",
        "title": "Child profile not found",
        "status": 404,
        "code": "child_profile_not_found",
        "message": "Dit kind konden we niet vinden.",
        "instance": "urn:nestwerk:request:0a1b",
    }
    assert document(Problem("child_profile_not_found"), "en")["message"] == "We could not find this child."


def test_errors_carry_pointer_and_message_in_the_callers_language() -> None:
    problem = Problem("invalid_body", invalid=[Invalid("/childProfiles/3/age", "between", {"min": 0, "max": 18})])
    assert document(problem)["errors"] == [{"pointer": "/childProfiles/3/age", "message": "moet tussen 0 en 18 liggen"}]
    assert document(problem, "en")["errors"] == [
        {"pointer": "/childProfiles/3/age", "message": "must be between 0 and 18"}
    ]


@pytest.mark.parametrize(
    ("pointer", "summary"),
    [
        ("", "Het bericht ontbreekt."),
        ("/name", "Naam ontbreekt."),
        ("/3", "Nr. 4 ontbreekt."),
        ("/childProfiles/3/age", "Leeftijd (nr. 4) ontbreekt."),
        ("/basicInfo/name", "Naam ontbreekt."),
        ("/primaryConcerns/0", "Grootste zorgen (nr. 1) ontbreekt."),
        ("/a~1b~01", "a/b~1 ontbreekt."),
        ("limit", "Aantal per pagina ontbreekt."),
        ("pageSize", "pageSize ontbreekt."),
        ("/" + "x" * 1000, "x" * 40 + " ontbreekt."),
        ("/" + "9" * 5000, "9" * 40 + " ontbreekt."),
    ],
)
def test_the_message_says_what_is_wrong_with_which_field(pointer: str, summary: str) -> None:
    message = document(Problem("invalid_body", invalid=[Invalid(pointer, "missing")]))["message"]
    assert message == f"Nog niet alles is goed ingevuld. {summary}"


def test_the_message_names_the_first_three_faults_and_the_errors_all() -> None:
    found = document(Problem("invalid_body", invalid=[Invalid(f"/field{n}", "missing") for n in "abcd"]), "en")
    assert "fielda is missing. fieldb is missing. fieldc is missing." in found["message"]
    assert "fieldd" not in found["message"]
    assert [error["pointer"] for error in found["errors"]] == ["/fielda", "/fieldb", "/fieldc", "/fieldd"]


@pytest.mark.parametrize(("count", "told", "truncated"), [(ERROR_LIMIT, ERROR_LIMIT, False), (101, ERROR_LIMIT, True)])
def test_errors_are_cut_off_and_it_says_so(*, count: int, told: int, truncated: bool) -> None:
    found = document(Problem("invalid_body", invalid=[Invalid(f"/{n}", "missing") for n in range(count)]))
    assert len(found["errors"]) == told
    assert found.get("errorsTruncated", False) is truncated


@pytest.mark.parametrize(
    ("seconds", "nl", "en"),
    [
        (1, "1 seconde", "1 second"),
        (30, "30 seconden", "30 seconds"),
        (119, "119 seconden", "119 seconds"),
        (121, "3 minuten", "3 minutes"),
    ],
)
def test_waiting_is_told_in_words_and_in_a_header(seconds: int, nl: str, en: str) -> None:
    problem = Problem("too_many_attempts", retry_after=seconds)
    assert problem.headers["Retry-After"] == str(seconds)
    assert f"Wacht {nl} " in document(problem)["message"]
    assert f"wait {en} " in document(problem, "en")["message"]


def test_sizes_are_told_in_kilobytes() -> None:
    assert "hoogstens 64 KB " in document(Problem("body_too_large", limit=65536))["message"]


@pytest.mark.parametrize("code", [code for code, text in PROBLEMS.items() if text.status == 503])
def test_unavailable_says_when_to_try_again(code: str) -> None:
    assert int(Problem(code).headers["Retry-After"]) > 0
    assert Problem(code, retry_after=9).headers["Retry-After"] == "9"


@pytest.mark.parametrize("code", [code for code, text in PROBLEMS.items() if text.status == 401])
def test_unauthenticated_says_how_to_authenticate(code: str) -> None:
    assert Problem(code).headers["WWW-Authenticate"] == "Bearer"


def test_a_problem_keeps_the_headers_that_it_is_given() -> None:
    assert Problem("method_not_allowed", headers={"Allow": "GET, POST"}).headers == {"Allow": "GET, POST"}


def test_unknown_names_and_wrong_parameters_are_refused_where_they_are_raised() -> None:
    with pytest.raises(KeyError):
        Problem("no_such_code")
    with pytest.raises(KeyError):
        Invalid("/age", "no_such_message")
    with pytest.raises(TypeError):
        Problem("too_many_attempts")
    with pytest.raises(TypeError):
        Problem("not_found", limit=3)
    with pytest.raises(TypeError):
        Invalid("/age", "between", {"min": 0})


@pytest.mark.parametrize("text", [*PROBLEMS.values(), *NOTICES.values(), *FIELD_MESSAGES.values()])
def test_both_languages_say_the_same_thing_in_other_words(text: Text) -> None:
    parameters = [{name for _, name, _, _ in Formatter().parse(words) if name} for words in (text.nl, text.en)]
    assert parameters[0] == parameters[1] == parameter_names(text)
    assert text.nl != text.en


def test_every_text_is_worded_to_stand_where_it_is_used() -> None:
    assert all(text.nl.endswith((".", "!")) and text.en.endswith((".", "!")) for text in PROBLEMS.values())
    assert not any(text.nl.endswith(".") or text.en.endswith(".") for text in FIELD_MESSAGES.values())
    assert all(label.nl and label.en for label in FIELD_LABELS.values())


def test_a_notice() -> None:
    assert notice("logged_out", "nl") == "Je bent uitgelogd. Tot gauw!"
    assert notice("logged_out", "en") == "You are logged out. See you soon!"


def calls(function: str) -> Iterator[tuple[ast.Call, str]]:
    """Find the service's calls of a function, and where they stand."""
    for path in API.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == function:
                yield node, f"{path.relative_to(API)}:{node.lineno}"


def named(function: str, position: int) -> Iterator[tuple[str, str]]:
    """Find the literals at a position of the calls of a function, with where they stand."""
    for call, place in calls(function):
        if len(call.args) > position and isinstance(literal := call.args[position], ast.Constant):
            yield str(literal.value), place


def mapped() -> Iterator[tuple[str, str]]:
    """Find the codes that missing rows and constraints are mapped to."""
    for call, place in calls("bind"):
        keywords = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
        for code in (keywords.get("missing"), *keywords.get("constraints", {}).values()):
            if code is not None:
                yield code, place


@pytest.mark.parametrize(
    ("function", "position", "catalogue"),
    [("Problem", 0, PROBLEMS), ("Invalid", 1, FIELD_MESSAGES), ("notice", 0, NOTICES)],
)
def test_every_name_in_the_source_is_in_the_catalogue(function: str, position: int, catalogue: dict[str, Text]) -> None:
    assert [place for name, place in named(function, position) if name not in catalogue] == []


def test_every_code_that_the_database_is_mapped_to_is_in_the_catalogue() -> None:
    assert [place for code, place in mapped() if code not in PROBLEMS] == []


def test_the_search_finds_what_is_there() -> None:
    found = {(name, place.partition(":")[0]) for name, place in [*named("Problem", 0), *mapped()]}
    assert {
        ("malformed_body", "http/parsing.py"),
        ("child_profile_not_found", "child_profiles/queries.py"),
        ("parent_profile_required", "child_profiles/queries.py"),
    } <= found
