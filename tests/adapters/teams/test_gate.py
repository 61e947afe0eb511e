"""Only what Microsoft signed for this bot gets in; everything else is 401 and learns nothing."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.adapters.teams.connector import NOW, Signer
from tests.adapters.teams.harness import Wire

Forge = Callable[[Wire], str]
HOUR = 3600


def changed(**claims: Any) -> Forge:
    return lambda wire: "Bearer " + wire.connector.signer.token(wire.connector.service, **claims)


def header_of(**head: Any) -> Forge:
    """A good token under another header."""

    def forge(wire: Wire) -> str:
        good = wire.connector.signer.token(wire.connector.service)
        claims = jwt.decode(good, options={"verify_signature": False})
        key = wire.connector.signer.key
        return "Bearer " + jwt.encode(claims, key, algorithm="RS256", headers=head)

    return forge


def unsigned(wire: Wire) -> str:
    good = wire.connector.signer.token(wire.connector.service)
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT","kid":"key-1"}').rstrip(b"=")
    return "Bearer " + ".".join([head.decode(), good.split(".")[1], ""])


def signed_with_the_public_key(wire: Wire) -> str:
    """The old trick: the public key as the secret of a symmetric signature."""
    body = wire.connector.signer.token(wire.connector.service).split(".")[1]
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"key-1"}').rstrip(b"=")
    public = wire.connector.signer.key.public_key()
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = hmac.digest(secret, head + b"." + body.encode(), "sha256")
    sign = base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
    return f"Bearer {head.decode()}.{body}.{sign}"


def of_a_stranger(wire: Wire) -> str:
    return "Bearer " + Signer(kid="key-1").token(wire.connector.service)


def under_another_key(wire: Wire) -> str:
    return "Bearer " + Signer(kid="key-9").token(wire.connector.service)


def of_another_channel(wire: Wire) -> str:
    """Microsoft's own key, but for Skype only."""
    signer = Signer(kid="key-2", endorsements=("skype",))
    wire.connector.keys.append(signer.jwk())
    return "Bearer " + signer.token(wire.connector.service)


def without_endorsements(wire: Wire) -> str:
    signer = Signer(kid="key-3")
    key = signer.jwk()
    del key["endorsements"]
    wire.connector.keys.append(key)
    return "Bearer " + signer.token(wire.connector.service)


def tampered(wire: Wire) -> str:
    head, body, sign = wire.connector.signer.token(wire.connector.service).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["aud"] = "somebody-else"
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"Bearer {head}.{body}.{sign}"


def cut(wire: Wire) -> str:
    return "Bearer " + wire.connector.signer.token(wire.connector.service)[:-20]


def wrapped(scheme: str) -> Forge:
    return lambda wire: scheme + wire.connector.signer.token(wire.connector.service)


NOT_OURS: dict[str, Forge] = {
    "no header": lambda _: "",
    "scheme alone": lambda _: "Bearer",
    "empty token": lambda _: "Bearer ",
    "not a token": lambda _: "Bearer abc",
    "two dots": lambda _: "Bearer a.b.c",
    "basic": wrapped("Basic "),
    "no scheme": wrapped(""),
    "huge": lambda _: "Bearer " + "a" * 7000 + ".b.c",
    "unsigned": unsigned,
    "signed with the public key": signed_with_the_public_key,
    "signed by a stranger": of_a_stranger,
    "under another key": under_another_key,
    "of another channel": of_another_channel,
    "without endorsements": without_endorsements,
    "tampered": tampered,
    "cut": cut,
    "no key id": header_of(),
    "key id of the wrong type": header_of(kid="7"),
    "another issuer": changed(iss="https://sts.windows.net/evil/"),
    "no issuer": changed(iss=None),
    "another audience": changed(aud="66666666-0000-0000-0000-000000000000"),
    "no audience": changed(aud=None),
    "expired": changed(exp=int(NOW.timestamp()) - HOUR),
    "no expiry": changed(exp=None),
    "expiry of the wrong type": changed(exp="never"),
    "not yet": changed(nbf=int(NOW.timestamp()) + HOUR),
    "no beginning": changed(nbf=None),
    "another service address": changed(serviceurl="https://evil.example/"),
    "no service address": changed(serviceurl=None),
    "service address of the wrong type": changed(serviceurl=["https://evil.example/"]),
}


@pytest.mark.parametrize("forge", NOT_OURS.values(), ids=NOT_OURS.keys())
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_request_that_microsoft_did_not_sign_for_us_is_401_and_runs_nothing(
    wire: Wire, forge: Forge
) -> None:
    reply = await wire.post(wire.sends.message("Hello?"), header=forge(wire))
    assert (reply.status, reply.body) == (401, {})
    await wire.app.close()
    assert wire.stage.heard == []
    assert wire.connector.sent == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("channelId", None),
        ("channelId", "emulator"),
        ("channelId", ["msteams"]),
        ("serviceUrl", None),
        ("serviceUrl", "https://evil.example/"),
        ("serviceUrl", {"a": 1}),
    ],
)
async def test_an_activity_of_another_channel_or_service_is_401(
    wire: Wire, name: str, value: object
) -> None:
    activity = wire.sends.message("Hello?") | {name: value}
    assert (await wire.post(activity)).status == 401
    await wire.app.close()
    assert wire.stage.heard == []


async def test_a_good_token_gets_in(wire: Wire) -> None:
    assert (await wire.say(wire.sends.message("Hello?"))).status == 202
    assert len(wire.stage.heard) == 1


async def test_a_token_that_was_good_is_refused_when_its_time_is_over(wire: Wire) -> None:
    token = wire.connector.signer.token(wire.connector.service)
    assert (await wire.post(wire.sends.message("One?"), token)).status == 202
    wire.now += timedelta(hours=2)
    assert (await wire.post(wire.sends.message("Two?"), token)).status == 401
    await wire.app.close()
    assert len(wire.stage.heard) == 1


async def test_keys_are_fetched_once_for_many_requests(wire: Wire) -> None:
    for n in range(5):
        claims = {"jti": str(n)}  # five different tokens
        token = wire.connector.signer.token(wire.connector.service, **claims)
        assert (await wire.post(wire.sends.message("Hello?"), token)).status == 202
    assert wire.connector.keys_asked == 1


async def test_a_new_key_of_microsoft_is_found_without_a_restart(wire: Wire) -> None:
    assert (await wire.post(wire.sends.message("One?"))).status == 202
    wire.now += timedelta(minutes=6)
    wire.connector.signer = Signer(kid="key-new")
    wire.connector.keys.append(wire.connector.signer.jwk())
    assert (await wire.post(wire.sends.message("Two?"))).status == 202


async def test_unknown_keys_do_not_make_us_ask_again_and_again(wire: Wire) -> None:
    for _ in range(10):
        assert (
            await wire.post(wire.sends.message("?"), header=under_another_key(wire))
        ).status == 401
    assert wire.connector.keys_asked == 1


async def test_without_keys_the_answer_is_503_and_it_heals(wire: Wire) -> None:
    wire.connector.keys_fault = True
    assert (await wire.post(wire.sends.message("One?"))).status == 503
    wire.connector.keys_fault = False
    wire.now += timedelta(seconds=11)
    assert (await wire.post(wire.sends.message("Two?"))).status == 202


async def test_keys_of_yesterday_serve_while_microsoft_is_away(wire: Wire) -> None:
    assert (await wire.post(wire.sends.message("One?"))).status == 202
    wire.connector.keys_fault = True
    wire.now += timedelta(days=2)
    now = int(wire.now.timestamp())
    token = wire.connector.signer.token(wire.connector.service, exp=now + 60, nbf=now)
    assert (await wire.post(wire.sends.message("Two?"), token)).status == 202
    wire.now += timedelta(days=4)
    now = int(wire.now.timestamp())
    token = wire.connector.signer.token(wire.connector.service, exp=now + 60, nbf=now)
    assert (await wire.post(wire.sends.message("Three?"), token)).status == 503


async def test_another_tenant_is_403_unless_it_is_served(wire: Wire) -> None:
    activity = wire.sends.message("Hello?")
    activity["channelData"]["tenant"]["id"] = "99999999-0000-0000-0000-000000000000"
    assert (await wire.say(activity)).status == 403
    assert wire.stage.heard == []
