"""Values of settings that may be secret, and so may stand in files."""

from collections.abc import Mapping
from pathlib import Path

from api.command_error import CommandError


class SettingsError(CommandError):
    """An environment variable has an invalid value; the message names it, and the value unless that is secret."""


def value_or_file(environment: Mapping[str, str], name: str) -> str | None:
    """Value of a variable, or what the file says that `NAME_FILE` names; None if neither is set.

    Raises:
        SettingsError: both are set, or the file can't be read or is empty.

    """
    value, path = environment.get(name), environment.get(f"{name}_FILE")
    if not path:
        return value or None
    if value:
        raise SettingsError(f"{name} and {name}_FILE are both set: set one of them")
    try:
        value = Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it isn't text"
        raise SettingsError(f"{name}_FILE={path!r} can't be read: {why}") from None
    if not value:
        raise SettingsError(f"{name}_FILE={path!r} is empty")
    return value
