"""Where the service keeps pictures."""

from tests.pictures.conftest import uploads

__all__ = ["uploads"]
