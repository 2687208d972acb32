from importlib import import_module
from string import Formatter
from typing import Any

import msgspec
import pytest

from api.app import FEATURES, load_facts
from api.auth.schemas import LOGGED_OUT
from api.problems import field_messages, types
from api.problems.field_messages import BETWEEN, MISSING
from api.problems.labels import GENERAL_LABELS
from api.problems.problem import ERROR_LIMIT, Problem, Violation, problem_body
from api.problems.text import LANGUAGES, Language, Text, parameter_names
from api.problems.types import ProblemType
from tests.problems.catalogue import PROBLEMS

LABELS = {**load_facts().labels, **GENERAL_LABELS}
MODULES = [
    import_module(f"api.{name}.{part}") for name in FEATURES for part in ("facts", "schemas") if name != "health"
]
MODULES += [types, field_messages]
TEXTS = list(dict.fromkeys(value for module in MODULES for value in vars(module).values() if isinstance(value, Text)))
MESSAGES = [value for value in vars(field_messages).values() if isinstance(value, Text)]


def document(problem: Problem, language: Language = "nl") -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(problem_body(problem, language, request_id="0a1b", labels=LABELS))
    return decoded


def test_a_problem_document() -> None:
    assert document(Problem(PROBLEMS["child_profile_not_found"])) == {
        "type": "urn:nestwerk:problem:child_profile_not_found",
        "title": "Child profile not found",
        "status": 404,
        "code": "child_profile_not_found",
        "message": "Dit kind konden we niet vinden.",
        "instance": "urn:nestwerk:request:0a1b",
    }
    assert document(Problem(PROBLEMS["child_profile_not_found"]), "en")["message"] == "We could not find this child."


@pytest.mark.parametrize("type", PROBLEMS.values(), ids=PROBLEMS)
def test_the_message_comes_first(type: ProblemType) -> None:
    """Some pages of the web client show a body's text as it comes."""
    parameters: dict[str, Any] = dict.fromkeys(parameter_names(type), 60)
    problem = Problem(type, violations=[Violation("/name", MISSING)], **parameters)
    for language in LANGUAGES:
        body = problem_body(problem, language, request_id="0a1b", labels=LABELS)
        assert body.startswith(b'{"message":"' + type.format(language, **parameters).encode())


def test_errors_carry_pointer_and_message_in_the_callers_language() -> None:
    problem = Problem(
        PROBLEMS["invalid_body"], violations=[Violation("/childProfiles/3/age", BETWEEN, {"min": 0, "max": 18})]
    )
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
def test_the_message_names_the_field_and_its_error(pointer: str, summary: str) -> None:
    message = document(Problem(PROBLEMS["invalid_body"], violations=[Violation(pointer, MISSING)]))["message"]
    assert message == f"Nog niet alles is goed ingevuld. {summary}"


def test_the_message_names_the_first_three_errors() -> None:
    found = document(
        Problem(PROBLEMS["invalid_body"], violations=[Violation(f"/field{n}", MISSING) for n in "abcd"]), "en"
    )
    assert "fielda is missing. fieldb is missing. fieldc is missing." in found["message"]
    assert "fieldd" not in found["message"]
    assert [error["pointer"] for error in found["errors"]] == ["/fielda", "/fieldb", "/fieldc", "/fieldd"]


@pytest.mark.parametrize(
    ("count", "reported", "truncated"), [(ERROR_LIMIT, ERROR_LIMIT, False), (101, ERROR_LIMIT, True)]
)
def test_errors_are_cut_off_with_a_mark(*, count: int, reported: int, truncated: bool) -> None:
    found = document(Problem(PROBLEMS["invalid_body"], violations=[Violation(f"/{n}", MISSING) for n in range(count)]))
    assert len(found["errors"]) == reported
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
def test_the_wait_is_in_the_message_and_in_a_header(seconds: int, nl: str, en: str) -> None:
    problem = Problem(PROBLEMS["too_many_attempts"], retry_after=seconds)
    assert problem.headers["Retry-After"] == str(seconds)
    assert f"Wacht {nl} " in document(problem)["message"]
    assert f"wait {en} " in document(problem, "en")["message"]


def test_sizes_are_in_kilobytes() -> None:
    assert "hoogstens 64 KB " in document(Problem(PROBLEMS["body_too_large"], limit=65536))["message"]


@pytest.mark.parametrize("code", [code for code, text in PROBLEMS.items() if text.status == 503])
def test_unavailable_problems_have_retry_after(code: str) -> None:
    assert int(Problem(PROBLEMS[code]).headers["Retry-After"]) > 0
    assert Problem(PROBLEMS[code], retry_after=9).headers["Retry-After"] == "9"


@pytest.mark.parametrize("code", [code for code, text in PROBLEMS.items() if text.status == 401])
def test_unauthenticated_problems_have_www_authenticate(code: str) -> None:
    assert Problem(PROBLEMS[code]).headers["WWW-Authenticate"] == "Bearer"


def test_a_problem_keeps_its_headers() -> None:
    assert Problem(PROBLEMS["method_not_allowed"], headers={"Allow": "GET, POST"}).headers == {"Allow": "GET, POST"}


def test_wrong_parameters_are_refused_where_they_are_raised() -> None:
    with pytest.raises(TypeError):
        Problem(PROBLEMS["too_many_attempts"])
    with pytest.raises(TypeError):
        Problem(PROBLEMS["not_found"], limit=3)
    with pytest.raises(TypeError):
        Violation("/age", BETWEEN, {"min": 0})


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_is_translated(text: Text) -> None:
    parameters = [{name for _, name, _, _ in Formatter().parse(words) if name} for words in (text.nl, text.en)]
    assert parameters[0] == parameters[1] == parameter_names(text)
    assert text.nl != text.en


def test_every_text_fits_its_place_in_a_sentence() -> None:
    assert all(text.nl.endswith((".", "!")) and text.en.endswith((".", "!")) for text in PROBLEMS.values())
    assert not any(text.nl.endswith(".") or text.en.endswith(".") for text in MESSAGES)
    assert all(label.nl and label.en for label in LABELS.values())


def test_a_notice() -> None:
    assert LOGGED_OUT.format("nl") == "Je bent uitgelogd. Tot gauw!"
    assert LOGGED_OUT.format("en") == "You are logged out. See you soon!"


def test_codes_are_unique() -> None:
    types = [value for module in MODULES for value in vars(module).values() if isinstance(value, ProblemType)]
    assert len({type.code for type in types}) == len({id(type) for type in types})


def test_the_search_for_texts_finds_known_ones() -> None:
    assert {LOGGED_OUT, BETWEEN, PROBLEMS["child_profile_not_found"], PROBLEMS["malformed_body"]} <= set(TEXTS)
