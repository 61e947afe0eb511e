"""The app manifest: as Slack's own type has it, and asking for what the code needs."""

import pytest

from adapters.slack import events, inbound
from adapters.slack.manifest import EVENTS, OPTIONAL_SCOPES, SCOPES, manifest
from tests.adapters.slack.schemas import wrong


@pytest.mark.parametrize("url", [None, "https://coach.example/"])
@pytest.mark.parametrize("several", [False, True])
def test_the_manifest_is_what_slack_takes(url: str | None, several: bool) -> None:
    made = manifest(public_url=url, several_workspaces=several)
    # Slack's page on agents asks for assistant:write; its published type of 2026 leaves it out.
    bot = made["oauth_config"]["scopes"]["bot"]
    bot.remove("assistant:write")
    assert wrong("AppManifest", made, strict=True) == []
    texts = made["display_information"]
    assert len(texts["description"]) <= 140
    assert 174 <= len(texts["long_description"]) <= 4000
    assert len(made["features"]["agent_view"]["agent_description"]) <= 300


def test_without_an_address_it_is_socket_mode() -> None:
    made = manifest(public_url=None)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "url" not in made["features"]["slash_commands"][0]


def test_with_an_address_everything_goes_there() -> None:
    made = manifest(public_url="https://coach.example/", several_workspaces=True)
    address = "https://coach.example/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert {one["url"] for one in made["features"]["slash_commands"]} == {address}
    assert made["oauth_config"]["redirect_urls"] == ["https://coach.example/slack/oauth_redirect"]


def test_every_event_that_is_asked_for_is_read_and_the_other_way_round() -> None:
    asked = {name.replace("message.im", "message") for name in EVENTS} - {"user_change"}
    assert asked == set(events._EVENTS)


def test_every_scope_has_its_reason_and_history_is_optional() -> None:
    assert all(SCOPES.values())
    assert all(OPTIONAL_SCOPES.values())
    made = manifest(public_url=None)
    assert made["oauth_config"]["scopes"]["bot_optional"] == ["channels:history", "groups:history"]


def test_the_shortcuts_are_those_that_the_code_reads() -> None:
    names = {one["callback_id"] for one in manifest(public_url=None)["features"]["shortcuts"]}
    assert names == {inbound.ASK_ABOUT, inbound.START_PULSE}
