"""Says at the start where mails, pictures and profiles go, and which of these ways can be read."""

from urllib.parse import urlsplit

from api.mail_settings import is_here, is_readable
from api.settings import Settings
from api.terminal import say, warn


def say_destinations(settings: Settings) -> None:
    """Say it, as a variable that was misspelt leaves its default in force."""
    _say_mails(settings)
    say(f"pictures go to {settings.storage_url or settings.data_dir / 'uploads'}")
    _say_suggestions(settings)


def _say_mails(settings: Settings) -> None:
    server, here = settings.smtp_url, is_here(urlsplit(settings.public_url).hostname or "")
    if server is not None:
        say(f"mails go to {server.host}:{server.port}")
    elif here:
        say(f"mails go to {settings.data_dir}/mail: no SMTP_URL")
    else:
        warn(f"mails go to {settings.data_dir}/mail and reach nobody, as SMTP_URL isn't set")
    if is_readable(settings.public_url):
        warn(f"PUBLIC_URL is {settings.public_url}: links in mails can be read on their way back, as it isn't https")


def _say_suggestions(settings: Settings) -> None:
    url = settings.embeddings_url
    if settings.suggestion_hours == 0:
        say("no suggestions are made: SUGGESTION_HOURS is 0")
    elif url is None:
        say("suggestions go by rules alone: no EMBEDDINGS_URL")
    else:
        say(f"what profiles say goes to {urlsplit(url).netloc}, where {settings.embeddings_model} embeds it")
        if is_readable(url):
            warn("EMBEDDINGS_URL isn't https: what profiles say can be read on its way there")
