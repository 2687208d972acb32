"""The service says at its start where mails, pictures and profiles go."""

import pytest

from api.server.destinations import say_destinations
from api.settings import read_settings

APP = {"PUBLIC_URL": "https://app.example.org"}
MODEL = {"EMBEDDINGS_MODEL": "m"}


@pytest.mark.parametrize(
    ("environment", "said", "warned"),
    [
        ({}, "mails go to .data/mail: no SMTP_URL", ""),
        (APP, "", "mails go to .data/mail and reach nobody, as SMTP_URL isn't set"),
        (APP | {"SMTP_URL": "smtps://noor:sesam@mail.example.org"}, "mails go to mail.example.org:465", ""),
        ({"PUBLIC_URL": "http://app.example.org"}, "", "links in mails can be read"),
        ({"DATA_DIR": "data"}, "pictures go to data/uploads", ""),
        ({"STORAGE_URL": "s3://bucket"}, "pictures go to s3://bucket", ""),
        ({}, "suggestions go by rules alone: no EMBEDDINGS_URL", ""),
        ({"SUGGESTION_HOURS": "0"}, "no suggestions are made: SUGGESTION_HOURS is 0", ""),
        (
            MODEL | {"EMBEDDINGS_URL": "https://e.example/v1"},
            "what profiles say goes to e.example, where m embeds it",
            "",
        ),
        (MODEL | {"EMBEDDINGS_URL": "http://127.0.0.1:9465/v1"}, "goes to 127.0.0.1:9465, where", ""),
        (MODEL | {"EMBEDDINGS_URL": "http://e.example/v1"}, "", "EMBEDDINGS_URL isn't https: what profiles say can be"),
    ],
)
def test_it_is_said(environment: dict[str, str], said: str, warned: str, capsys: pytest.CaptureFixture[str]) -> None:
    say_destinations(read_settings(environment))
    out, err = capsys.readouterr()
    assert said in out
    assert warned in err
    assert bool(err) == bool(warned)
    assert "sesam" not in out
