"""What a database's URL looks like: one that is written wrongly would show parts of its password in errors."""

import re
from typing import Final

_ESCAPED: Final = r"%(?!00)[0-9A-Fa-f]{2}"
_USER: Final = rf"(?:[^\s@/?#%\[\]]|{_ESCAPED})*"
_HOST: Final = rf"(?:\[[0-9A-Fa-f:.]+\]|(?:[^\s@/?#%\[\]:,]|{_ESCAPED})*)(?::\d*)?"
_REST: Final = rf"(?:/(?:[^\s@/?#%]|{_ESCAPED})*)?(?:\?(?:[^\s@?#%]|{_ESCAPED})*)?"
_URL: Final = re.compile(rf"postgres(?:ql)?://(?:{_USER}@)?{_HOST}(?:,{_HOST})*{_REST}")


def is_well_formed(url: str) -> bool:
    """Whether all its parts can be told apart, for special characters in them are percent-encoded.

    libpq names what it doesn't understand: of `postgresql://u:pass/word@host/db`, that there is no host `u`
    with the port `pass`.
    """
    return _URL.fullmatch(url) is not None
