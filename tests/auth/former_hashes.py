"""Hashes of passwords as the system before made them."""

import hashlib

SALT = "0123456789abcdef0123456789abcdef"


def former_hash(password: str, salt: str = SALT) -> str:
    digest = hashlib.scrypt(password.encode(), salt=salt.encode(), n=16384, r=8, p=1, maxmem=2**26, dklen=64)
    return f"{digest.hex()}.{salt}"
