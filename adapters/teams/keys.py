"""Microsoft's signing keys, fetched off the way of requests and kept."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from jwt import PyJWK, PyJWKError

METADATA = "https://login.botframework.com/v1/.well-known/openidconfiguration"
TIMEOUT = aiohttp.ClientTimeout(total=5)  # seconds
KEPT = timedelta(hours=24)
USABLE = timedelta(days=5)  # when Microsoft can't be reached, old keys are better than none
ASKED_AGAIN = timedelta(minutes=5)  # at most so often for a key that isn't there
AFTER_FAILURE = timedelta(seconds=10)


class KeysUnavailable(Exception):
    """There are no keys to check a signature with; a repeat of the request may find some."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningKey:
    key: Any  # an RSA public key
    endorsements: frozenset[str]  # channels that it may speak for


class Keys:
    """The keys by their id; a new id or an old age asks Microsoft again."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        clock: Callable[[], datetime],
        metadata: str = METADATA,
    ) -> None:
        self._session = session
        self._clock = clock
        self._metadata = metadata
        self._keys: dict[str, SigningKey] = {}
        self._fetched: datetime | None = None
        self._tried: datetime | None = None
        self._lock = asyncio.Lock()

    async def get(self, key_id: str) -> SigningKey | None:
        """None if Microsoft has no such key. Raises KeysUnavailable."""
        if self._is_due(key_id):
            async with self._lock:
                if self._is_due(key_id):
                    await self._fetch()
        if self._age() > USABLE:
            raise KeysUnavailable
        return self._keys.get(key_id)

    def _age(self) -> timedelta:
        return self._clock() - self._fetched if self._fetched else timedelta.max

    def _is_due(self, key_id: str) -> bool:
        if key_id in self._keys and self._age() < KEPT:
            return False
        if self._tried is None:
            return True
        pause = ASKED_AGAIN if self._fetched == self._tried else AFTER_FAILURE
        return self._clock() - self._tried >= pause

    async def _fetch(self) -> None:
        """Whoever comes meanwhile waits at the lock: only the end of a try counts as one."""
        try:
            metadata = await self._json(self._metadata)
            listed = await self._json(str(metadata["jwks_uri"]))
            keys = {str(one["kid"]): _key(one) for one in listed["keys"]}
        except (aiohttp.ClientError, TimeoutError, KeyError, TypeError, ValueError, PyJWKError):
            self._tried = self._clock()  # the age decides whether the old keys still do
        else:
            self._keys = keys
            self._fetched = self._tried = self._clock()

    async def _json(self, address: str) -> dict[str, Any]:
        async with self._session.get(address, timeout=TIMEOUT) as response:
            response.raise_for_status()
            loaded: dict[str, Any] = await response.json(content_type=None)
            return loaded


def _key(jwk: dict[str, Any]) -> SigningKey:
    endorsements = frozenset(str(one) for one in jwk.get("endorsements", ()))
    return SigningKey(key=PyJWK(jwk, algorithm="RS256").key, endorsements=endorsements)
