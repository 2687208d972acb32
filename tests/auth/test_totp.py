"""Codes of authenticator apps, by the clock."""

from secrets import token_bytes
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyotp import TOTP

from api.auth.totp import matching_step, readable

# Test vectors of RFC 6238 (appendix B, SHA-1), of whose eight digits the last six count here.
SECRET: Final = b"12345678901234567890"
VECTORS: Final = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


@pytest.mark.parametrize(("moment", "code"), VECTORS.items())
def test_the_vectors_of_the_rfc(moment: int, code: str) -> None:
    assert matching_step(SECRET, code, moment) == moment // 30
    assert matching_step(SECRET, f"{code[:3]} {code[3:]}", moment + 0.9) == moment // 30
    assert matching_step(token_bytes(20), code, moment) in {None, moment // 30 - 1, moment // 30 + 1}


@given(moment=st.integers(0, 2**33), drift=st.integers(-90, 90))
def test_a_clock_may_be_off_by_a_step(moment: int, drift: int) -> None:
    moment += 90
    theirs = (moment + drift) // 30
    found = matching_step(SECRET, TOTP(readable(SECRET)).generate_otp(theirs), moment)
    # By chance two steps may have the same code.
    assert found == theirs if abs(theirs - moment // 30) <= 1 else found != theirs
