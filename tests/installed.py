"""Programs that some tests are about, of Debian packages or dependency groups."""

import os
import shutil

import pytest


def installed(name: str, package: str) -> str:
    """Path of a program; without it the test is skipped, and fails where everything is to be tested."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        missing = f"{name} isn't installed: {package} has it"
        if os.environ.get("SKIP_NOTHING"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found
