"""Passwords with argon2id; a check of an unknown person costs as much as one of a known."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
# Verified against when there is no such person, so that timing does not tell (user enumeration).
_DUMMY = _hasher.hash("nobody's password, only its cost matters")


def use_cost(*, memory_kib: int, rounds: int) -> None:
    """Set the cost of hashing; tests take the cheapest."""
    global _hasher, _DUMMY
    _hasher = PasswordHasher(memory_cost=memory_kib, time_cost=rounds, parallelism=1)
    _DUMMY = _hasher.hash("nobody's password, only its cost matters")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one that was hashed; always does the work of one verification."""
    try:
        return _hasher.verify(stored or _DUMMY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
