"""Settings: what is read from the environment, and what is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.database_url.reading import read_url, split_hosts
from api.mail_settings import MailFrom, MailServer
from api.paths import ROOT
from api.setting_values import SettingsError
from api.settings import Settings, read_settings


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
        "STORAGE_URL",
        "DOCUMENTATION",
        "LOG_LEVEL",
    )
    assert read_settings(dict.fromkeys(names, "")) == read_settings({})
    assert read_settings({"TRUSTED_PROXIES": ""}).trusted_proxies == ()


def test_a_file_of_keys_is_read_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with pytest.raises(SettingsError, match=r"^SECRET_KEY_FILE='.*' can't be read"):
        read_settings({"SECRET_KEY_FILE": str(path)})
    path.write_text("ab" * 32)
    settings = read_settings({"SECRET_KEY_FILE": str(path)})
    assert settings.secret_key_file == path
    assert "ab" * 32 not in repr(settings)


def test_values() -> None:
    environment = {
        "HOST": "::",
        "PORT": "9000",
        "METRICS_HOST": "10.0.0.1",
        "METRICS_PORT": "9464",
        "WORKERS": "3",
        "DATABASE_URL": "postgres://noor:p%40ss@db.example.org:5432/nestwerk?sslmode=require&connect_timeout=9",
        "START_TIMEOUT": "0",
        "DRAIN_SECONDS": "25",
        "DATA_DIR": "/nowhere",
        "STORAGE_URL": "s3://pictures/of/parents",
        "DOCUMENTATION": "Off",
        "LOG_LEVEL": "Warning",
        "LOG_FORMAT": "Text",
        "SLOW_MS": "10",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
        "TRACE_RATIO": ".25",
        "SUGGESTION_HOURS": "12",
        "EMBEDDINGS_URL": "http://127.0.0.1:9465/v1",
        "EMBEDDINGS_MODEL": "e5-query",
        "EMBEDDINGS_KEY": "sleutel",
        "TRUSTED_PROXIES": "10.0.0.0/8, ::1",
        "ALLOWED_ORIGINS": "capacitor://localhost, http://localhost:5173,https://app.example.org,http://[::1]:8080",
        "PUBLIC_URL": "https://nestwerk.example",
        "SMTP_URL": "smtp://noor:p%40ss@mail.example.org:2525",
        "MAIL_FROM": "Nestwerk <post@nestwerk.example>",
    }
    settings = read_settings(environment)
    assert settings == Settings(
        host="::",
        port=9000,
        metrics_host="10.0.0.1",
        metrics_port=9464,
        workers=3,
        database_url=environment["DATABASE_URL"],
        start_timeout=0,
        drain_seconds=25,
        data_dir=Path("/nowhere"),
        public_url="https://nestwerk.example",
        smtp_url=MailServer("mail.example.org", 2525, "starttls", "noor", "p@ss"),
        mail_from=MailFrom("Nestwerk", "post@nestwerk.example"),
        storage_url="s3://pictures/of/parents",
        documentation=False,
        log_level="warning",
        log_format="text",
        slow_ms=10,
        otlp_endpoint="http://collector:4318",
        trace_ratio=0.25,
        suggestion_hours=12,
        embeddings_url="http://127.0.0.1:9465/v1",
        embeddings_model="e5-query",
        embeddings_key="sleutel",
        trusted_proxies=settings.trusted_proxies,
        allowed_origins=(
            "capacitor://localhost",
            "http://localhost:5173",
            "https://app.example.org",
            "http://[::1]:8080",
        ),
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
        ("START_TIMEOUT", "-1", "a whole number from 0 to 86400"),
        ("DRAIN_SECONDS", "1h", "a whole number from 0 to 3600"),
        ("DOCUMENTATION", "0", "on or off"),
        ("SUGGESTION_HOURS", "8761", "a whole number from 0 to 8760"),
        ("LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("LOG_FORMAT", "xml", "json or text"),
        ("SLOW_MS", "0.5", "a whole number from 10 to 60000"),
        ("TRACE_RATIO", "1.1", "a number from 0 to 1"),
        ("TRACE_RATIO", "10%", "a number from 0 to 1"),
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
    "origin",
    [
        "*",
        "null",
        "app.example.org",
        "localhost:5173",
        "capacitor://",
        "https://*.example.org",
        "https://app.example.org/",
        "https://app.example.org/app",
        "https://app.example.org?a=b",
        "https://noor@app.example.org",
        "https://App.example.org",
        "HTTPS://app.example.org",
        "https://app.example.org:443",
        "http://app.example.org:80",
        "http://localhost:65536",
        "http://localhost:0080",
        "http://localhost:",
        "https://app.example.org\nx",
        "https://café.example",
    ],
)
def test_an_origin_is_written_as_browsers_send_it(origin: str) -> None:
    with pytest.raises(
        SettingsError, match=r"^ALLOWED_ORIGINS has '.*', which is no origin.*https://app\.example\.org"
    ):
        read_settings({"ALLOWED_ORIGINS": f"capacitor://localhost,{origin}"})


def test_a_database_url_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://noor:sesam@localhost/nestwerk\n")
    url = read_settings({"DATABASE_URL_FILE": str(file)}).database_url
    assert url == "postgresql://noor:sesam@localhost/nestwerk?connect_timeout=5"
    with pytest.raises(SettingsError, match="DATABASE_URL and DATABASE_URL_FILE are both set"):
        read_settings({"DATABASE_URL_FILE": str(file), "DATABASE_URL": "postgresql://localhost"})
    file.write_bytes(b"\xff")
    for path, why in (
        (file, "can't be read: it isn't text"),
        (tmp_path, "can't be read: Is a directory"),
        (tmp_path / "none", "can't be read: No such file or directory"),
        (Path("/dev/null"), "is empty"),
    ):
        with pytest.raises(SettingsError, match=f"DATABASE_URL_FILE='{path}' {why}"):
            read_settings({"DATABASE_URL_FILE": str(path)})


def test_the_log_is_json_unless_it_goes_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for is_terminal, log_format in ((True, "text"), (False, "json")):
        monkeypatch.setattr(sys.stderr, "isatty", lambda is_terminal=is_terminal: is_terminal)
        assert read_settings({}).log_format == log_format


def test_an_endpoint_is_not_repeated_as_it_may_hold_a_token() -> None:
    for url in ("collector:4318", "http://collector?token=geheim", "ftp://geheim@collector"):
        with pytest.raises(SettingsError, match="OTEL_EXPORTER_OTLP_ENDPOINT is not like") as refused:
            read_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": url})
        assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["ftp://geheim", "s3://key:geheim@pictures", "s3://pictures?key=geheim", "geheim", "s3:///a", "s3://a/../b"]
)
def test_an_address_of_a_bucket_is_not_repeated_as_it_may_hold_a_secret(url: str) -> None:
    with pytest.raises(SettingsError, match="STORAGE_URL is not like s3://bucket/prefix") as refused:
        read_settings({"STORAGE_URL": url})
    assert "geheim" not in str(refused.value)


def test_where_texts_are_embedded_needs_a_model_and_is_not_repeated() -> None:
    for url in (
        *("localhost:9465", "https://noor:geheim@model/v1", "https://model/v1?key=geheim", "file:///geheim"),
        *("https://geheim:65536/v1", "https://model:geheim", "https://[geheim/v1"),
    ):
        with pytest.raises(SettingsError, match="EMBEDDINGS_URL is not like") as refused:
            read_settings({"EMBEDDINGS_URL": url, "EMBEDDINGS_MODEL": "m"})
        assert "geheim" not in str(refused.value)
    for model in ("", "m" * 201):
        with pytest.raises(SettingsError, match="EMBEDDINGS_MODEL has to name a model"):
            read_settings({"EMBEDDINGS_URL": "https://model/v1", "EMBEDDINGS_MODEL": model})
    with pytest.raises(SettingsError, match="EMBEDDINGS_KEY has characters") as refused:
        read_settings({"EMBEDDINGS_KEY": "geheim\nX-Header: 1"})
    assert "geheim" not in str(refused.value)
    with pytest.raises(SettingsError, match="EMBEDDINGS_KEY and EMBEDDINGS_KEY_FILE are both set"):
        read_settings({"EMBEDDINGS_KEY": "k", "EMBEDDINGS_KEY_FILE": "/dev/null"})


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_command_ends_with_one_line_about_a_wrong_setting(command: str) -> None:
    environment = os.environ | {"DATABASE_URL": "postgresql://noor:secret/word@localhost/nestwerk"}
    ran = subprocess.run(
        [sys.executable, "-m", "api", command], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert "DATABASE_URL" in ran.stderr
    assert "secret" not in ran.stderr


def test_where_reads_go_needs_to_be_known_beside_the_leader(tmp_path: Path) -> None:
    leader = {"DATABASE_URL": "postgresql://noor@a/nestwerk"}
    settings = read_settings(
        {**leader, "READ_DATABASE_URL": "postgresql://noor:geheim@b,c:6432/nestwerk", "MAX_LAG": "5"}
    )
    assert settings.read_database_url is not None
    assert split_hosts(settings.read_database_url).keys() == {"b:5432", "c:6432"}
    assert settings.max_lag == 5
    file = tmp_path / "url"
    file.write_text("postgresql://noor@b/nestwerk\n")
    assert read_settings({**leader, "READ_DATABASE_URL_FILE": str(file)}).read_database_url is not None
    assert read_settings({**leader, "READ_DATABASE_URL": ""}).read_database_url is None
    with pytest.raises(SettingsError, match="READ_DATABASE_URL is set without DATABASE_URL"):
        read_settings({"READ_DATABASE_URL": "postgresql://noor@b/nestwerk"})
    with pytest.raises(SettingsError, match="READ_DATABASE_URL is not like") as refused:
        read_settings({**leader, "READ_DATABASE_URL": "postgresql://noor:ge/heim@b/nestwerk"})
    assert "ge/heim" not in str(refused.value)
    for wrong in ("0", "61", "1.5"):
        with pytest.raises(SettingsError, match="MAX_LAG"):
            read_settings({"MAX_LAG": wrong})


def test_hosts_are_split_as_libpq_reads_them() -> None:
    split = split_hosts("postgresql://noor@a,[::1]:6432/nestwerk?sslmode=disable&target_session_attrs=read-write")
    read = {name: read_url(url, {}) for name, url in split.items()}
    assert {name: (url["host"], url["port"], url["target_session_attrs"]) for name, url in read.items()} == {
        "a:5432": ("a", "5432", "any"),
        "::1:6432": ("::1", "6432", "any"),
    }
    assert split_hosts("") == {}
    assert split_hosts("postgresql:///nestwerk?host=/run/a,/run/b&port=1").keys() == {"/run/a:1", "/run/b:1"}
