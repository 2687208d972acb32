"""Start the service.

PostgreSQL is an embedded one, or that of DATABASE_URL.
"""

import argparse

from api.server.serve import serve
from api.settings import Settings


def run(_options: argparse.Namespace, settings: Settings) -> int:
    return serve(settings)
