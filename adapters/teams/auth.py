"""Who may speak to us, and how we prove who we are."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import jwt
from botframework.connector.auth import AppCredentials, MicrosoftAppCredentials
from botframework.connector.auth.managedidentity_app_credentials import (
    ManagedIdentityAppCredentials,
)

from adapters.teams.keys import Keys
from adapters.teams.registration import AppType, Registration
from bot.errors import Denied, Unreachable

CHANNEL = "msteams"
ISSUER = "https://api.botframework.com"
LEEWAY = 300  # seconds between Microsoft's clock and ours
MOST_TOKEN = 8192  # characters
REMEMBERED = 256  # tokens; Microsoft uses one for about an hour
TOKEN_SECONDS = 10.0  # the SDK itself waits without end
RENEWED = timedelta(minutes=5)  # the SDK's credentials keep a token until it ends: ask so often


class NotAdmitted(Exception):
    """Not a request of Microsoft's for this bot; the answer is 401 and says no more."""


class Gate:
    """Lets in what Microsoft signed for this bot, this channel and this service address."""

    def __init__(
        self, registration: Registration, keys: Keys, clock: Callable[[], datetime]
    ) -> None:
        self._registration = registration
        self._keys = keys
        self._clock = clock
        self._seen: OrderedDict[str, Mapping[str, Any]] = OrderedDict()

    async def admit(self, header: str | None, payload: Mapping[str, Any]) -> None:
        """Raises NotAdmitted, or KeysUnavailable."""
        claims = await self._claims(header)
        if payload.get("channelId") != CHANNEL:
            raise NotAdmitted("channel")
        service = payload.get("serviceUrl")
        if not isinstance(service, str) or not service:
            raise NotAdmitted("service address")
        if claims.get("serviceurl", claims.get("serviceUrl")) != service:
            raise NotAdmitted("service address of another")

    async def _claims(self, header: str | None) -> Mapping[str, Any]:
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > MOST_TOKEN:
            raise NotAdmitted("no token")
        claims = self._seen.get(token)
        if claims is None:
            claims = await self._verified(token)
            self._remember(token, claims)
        elif claims["exp"] + LEEWAY < self._clock().timestamp():
            raise NotAdmitted("expired")
        return claims

    def _remember(self, token: str, claims: Mapping[str, Any]) -> None:
        self._seen[token] = claims
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def _verified(self, token: str) -> Mapping[str, Any]:
        try:
            head = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise NotAdmitted("no token") from error
        key_id = head.get("kid")
        if head.get("alg") != "RS256" or not isinstance(key_id, str):
            raise NotAdmitted("algorithm or key")
        key = await self._keys.get(key_id)
        if key is None or CHANNEL not in key.endorsements:
            raise NotAdmitted("key")
        return self._decoded(token, key.key)

    def _decoded(self, token: str, key: Any) -> Mapping[str, Any]:
        """Signature by the library; times by our own clock, which tests and drills can move."""
        options: Any = {
            "require": ["exp", "nbf", "iss", "aud"],
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
        }
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._registration.app_id,
                issuer=ISSUER,
                options=options,
            )
            now, start, end = self._clock().timestamp(), int(claims["nbf"]), int(claims["exp"])
        except (jwt.PyJWTError, TypeError, ValueError, OverflowError) as error:
            raise NotAdmitted("claims or signature") from error
        if not start - LEEWAY <= now <= end + LEEWAY:
            raise NotAdmitted("outside its time")
        return {**claims, "exp": end}


class Tokens(Protocol):
    """What our own requests are signed with."""

    async def token(self) -> str: ...

    def forget(self) -> None:
        """The last one was refused: get another."""
        ...


class AppTokens:
    """Tokens by the SDK's credentials, which block: asked in a thread, one at a time, and kept."""

    def __init__(self, credentials: AppCredentials, clock: Callable[[], datetime]) -> None:
        self._credentials = credentials
        self._clock = clock
        self._token = ""
        self._until: datetime | None = None
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """Raises Denied when Microsoft doesn't accept the app, Unreachable when it is away."""
        if self._is_old():
            async with self._lock:
                if self._is_old():
                    await self._renew()
        return self._token

    def _is_old(self) -> bool:
        return self._until is None or self._clock() >= self._until

    async def _renew(self) -> None:
        try:
            async with asyncio.timeout(TOKEN_SECONDS):
                self._token = await asyncio.to_thread(self._credentials.get_access_token)
        except (PermissionError, KeyError) as error:
            raise Denied("app credentials refused") from error
        except (OSError, ValueError) as error:  # requests' errors and TimeoutError are OSErrors
            raise Unreachable("no token from Microsoft") from error
        self._until = self._clock() + RENEWED

    def forget(self) -> None:
        self._until = None


def credentials(registration: Registration) -> AppCredentials:
    """The SDK's credentials for this kind of registration; nothing is fetched yet."""
    if registration.app_type is AppType.MANAGED_IDENTITY:
        return ManagedIdentityAppCredentials(registration.app_id)
    tenant = registration.tenant if registration.app_type is AppType.SINGLE_TENANT else None
    return MicrosoftAppCredentials(
        registration.app_id, registration.password, channel_auth_tenant=tenant
    )
