"""Passwords with argon2id; a check of an unknown person costs as much as one of a known."""

import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION


def _nobodys(hasher: PasswordHasher) -> str:
    """A hash that no password has, verified against when there is no such person: timing must not tell.

    Written down, not computed: making a real one is a tenth of a second, which every start of the program would pay.
    """
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (b64encode(bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len))
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


_hasher = PasswordHasher()
_DUMMY = _nobodys(_hasher)
# A generated password has 58 bits that nobody chose, so a cheap hash keeps it, and a thousand people are imported
# in a second.
_cheap_hasher = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)
CLEAR_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


def use_cost(*, memory_kib: int, rounds: int) -> None:
    """Set the cost of hashing; tests take the cheapest."""
    global _hasher, _DUMMY
    _hasher = PasswordHasher(memory_cost=memory_kib, time_cost=rounds, parallelism=1)
    _DUMMY = _nobodys(_hasher)


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def one_time_password() -> str:
    """A password that people can read aloud: ``k7mq-w3xt-9hbd``."""
    return "-".join("".join(secrets.choice(CLEAR_SIGNS) for _ in range(4)) for _ in range(3))


def hash_one_time(password: str) -> str:
    """For a password from :func:`one_time_password` only."""
    return _cheap_hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one that was hashed; always does the work of one verification at full cost."""
    matched = _verified(stored or _DUMMY, password) and stored is not None
    if stored and _hasher.check_needs_rehash(stored):
        _verified(_DUMMY, password)  # timing must not tell who still has a one-time password
    return matched


def _verified(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
