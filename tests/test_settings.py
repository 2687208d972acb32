"""Settings: what is read from the environment, and what is refused."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from api.paths import ROOT
from api.settings import Settings, SettingsError, read_settings

PASSWORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=8)


def test_defaults() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, os.cpu_count())
    assert (settings.metrics_host, settings.metrics_port) == ("127.0.0.1", None)
    assert (settings.database_url, settings.data_dir, settings.log_level) == (None, Path(".data"), "info")
    assert [str(network) for network in settings.trusted_proxies] == ["127.0.0.1/32", "::1/128"]


def test_an_empty_variable_counts_as_absent_except_for_proxies() -> None:
    names = (
        "HOST",
        "PORT",
        "METRICS_HOST",
        "METRICS_PORT",
        "WORKERS",
        "DATABASE_URL",
        "DATA_DIR",
        "DOCUMENTATION",
        "LOG_LEVEL",
    )
    assert read_settings(dict.fromkeys(names, "")) == read_settings({})
    assert read_settings({"TRUSTED_PROXIES": ""}).trusted_proxies == ()


def test_values() -> None:
    environment = {
        "HOST": "::",
        "PORT": "9000",
        "METRICS_HOST": "10.0.0.1",
        "METRICS_PORT": "9464",
        "WORKERS": "3",
        "DATABASE_URL": "postgres://noor:p%40ss@db.example.org:5432/nestwerk?sslmode=require",
        "DATA_DIR": "/nowhere",
        "DOCUMENTATION": "Off",
        "LOG_LEVEL": "Warning",
        "TRUSTED_PROXIES": "10.0.0.0/8, ::1",
    }
    settings = read_settings(environment)
    assert settings == Settings(
        host="::",
        port=9000,
        metrics_host="10.0.0.1",
        metrics_port=9464,
        workers=3,
        database_url=environment["DATABASE_URL"],
        data_dir=Path("/nowhere"),
        documentation=False,
        log_level="warning",
        trusted_proxies=settings.trusted_proxies,
    )
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("PORT", "0", "a whole number from 1 to 65535"),
        ("PORT", "65536", "a whole number from 1 to 65535"),
        ("PORT", "8000.0", "a whole number from 1 to 65535"),
        ("PORT", "-1", "a whole number from 1 to 65535"),
        ("PORT", "٣", "a whole number from 1 to 65535"),
        ("METRICS_PORT", "0", "a whole number from 1 to 65535"),
        ("WORKERS", "0", "a whole number from 1 to 256"),
        ("WORKERS", "many", "a whole number from 1 to 256"),
        ("DOCUMENTATION", "0", "on or off"),
        ("LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("DATA_DIR", __file__, "a folder"),
        ("TRUSTED_PROXIES", "10.0.0.0/8;::1", "a list of addresses or networks"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "a list of addresses or networks"),
    ],
)
def test_an_error_names_the_variable_its_value_and_valid_values(name: str, value: str, right: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({name: value})
    assert str(refused.value).startswith(f"{name}={value!r} is not {right}")


@pytest.mark.parametrize(
    "url",
    [
        "nestwerk",
        "mysql://noor@localhost/nestwerk",
        "postgresql:nestwerk",
        "postgresql://noor:secret/word@localhost/nestwerk",
        "postgresql://noor:secret@word@localhost/nestwerk",
        "postgresql://noor:secret#word@localhost/nestwerk",
        "postgresql://noor:secret?word@localhost/nestwerk",
        "postgresql://noor:secret word@localhost/nestwerk",
        "postgresql://noor:secret%word@localhost/nestwerk",
        "postgresql://noor:secret%00word@localhost/nestwerk",
        "postgresql://noor:secret%80word@localhost/nestwerk",
        "postgresql://noor:secret[word@localhost/nestwerk",
        "postgresql://localhost:secretword/nestwerk",
    ],
)
def test_a_refused_database_url_is_never_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as refused:
        read_settings({"DATABASE_URL": url})
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


@given(PASSWORDS)
def test_any_password_can_be_percent_encoded(password: str) -> None:
    url = f"postgresql://noor:{quote(password, safe='')}@localhost/nestwerk"
    assert read_settings({"DATABASE_URL": url}).database_url == url
    assert conninfo_to_dict(url)["password"] == password


@given(PASSWORDS)
def test_an_unencoded_password_is_accepted_or_refused_without_being_repeated(password: str) -> None:
    url = f"postgresql://noor:{password}@localhost/nestwerk"
    refused = ""
    try:
        read_settings({"DATABASE_URL": url})
    except SettingsError as error:
        refused = str(error)
    if refused:
        # The message is the same for every such value.
        with pytest.raises(SettingsError) as other:
            read_settings({"DATABASE_URL": "postgresql://noor:other/word@localhost/nestwerk"})
        assert refused == str(other.value)
    else:
        # Its parts may be percent-escapes by chance, but all of it is in the password.
        found = conninfo_to_dict(url)
        assert (found["user"], found["host"], found["dbname"]) == ("noor", "localhost", "nestwerk")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///nestwerk",
        "postgresql:///nestwerk?host=/run/postgresql&port=5433",
        "postgresql://%2Frun%2Fpostgresql/nestwerk",
        "postgresql://noor@[::1]:5432/nestwerk",
        "postgresql://noor@one:5432,two:5433/nestwerk?target_session_attrs=read-write",
        "postgresql://localhost",
    ],
)
def test_valid_database_urls(url: str) -> None:
    assert read_settings({"DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_command_ends_with_one_line_about_a_wrong_setting(command: str) -> None:
    environment = os.environ | {"DATABASE_URL": "postgresql://noor:secret/word@localhost/nestwerk"}
    ran = subprocess.run(
        [sys.executable, "-m", "api", command], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert "DATABASE_URL" in ran.stderr
    assert "secret" not in ran.stderr
