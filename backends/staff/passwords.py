"""Passwords of staff: argon2id, reckoned in threads of their own.

A hash takes a twentieth of a second and 64 MB on purpose, so only two are reckoned at once: a flood
of tries makes logins slow and leaves the rest of the shop alone.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200

_HASHER = PasswordHasher()
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")


def complaint(password: str, username: str) -> str | None:
    """Why a password cannot be taken: ``short``, ``long``, ``username`` or None when it can."""
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    return "username" if username.casefold() in password.casefold() else None


async def hash_password(password: str) -> str:
    """Return an argon2id hash with its parameters and salt."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


async def verify_password(hashed: str | None, password: str) -> bool:
    """Whether a password belongs to a hash.

    Without a hash as much is reckoned as with one, so that the time tells nothing of an account.
    """
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _verify, hashed, password)


def is_outdated(hashed: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(hashed)


@lru_cache
def _of_nobody() -> str:
    return _HASHER.hash("nobody has this password")


def _verify(hashed: str | None, password: str) -> bool:
    try:
        matches = _HASHER.verify(hashed or _of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and hashed is not None
