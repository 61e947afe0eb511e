"""The app manifest: what Slack asks people to allow, and why."""

from typing import Any

EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

# Each with its reason; docs/slack.md shows this table.
SCOPES = {
    "app_mentions:read": "to be asked in a channel",
    "assistant:write": "suggested prompts, and “is looking it up” while it works",
    "channels:read": "names and members of public channels, for pulses",
    "chat:write": "to answer and to post",
    "chat:write.public": "to post in public channels without being a member",
    "commands": "/coach, /pulse, /digest and the two shortcuts",
    "groups:read": "names and members of the private channels that it was invited to",
    "im:history": "to read what people write to it directly",
    "im:read": "to know its direct conversations",
    "im:write": "to open a direct conversation: pulse invitations, private results",
    "users:read": "names, language, time zone; who is an admin or a guest",
}
OPTIONAL_SCOPES = {
    "channels:history": "to see, after a broken connection, whether its own post arrived",
    "groups:history": "the same in private channels",
}
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_id_changed",
    "channel_left",
    "channel_rename",
    "group_archive",
    "group_deleted",
    "group_left",
    "group_rename",
    "member_joined_channel",
    "member_left_channel",
    "message.im",
    "tokens_revoked",
    "user_change",
)
DESCRIPTION = "Short, true answers about Level 2 of the cloud native maturity model, for your team."
LONG_DESCRIPTION = (
    "Ask the coach what Level 2 of the CNCF Cloud Native Maturity Model asks of a team, why, and "
    "what to do next. It answers in English or Chinese, from the model, with the source. Leads can "
    "run short anonymous pulse surveys in their channel and get one useful digest a week. "
    "It uses no language model and sends nothing to anybody else."
)


def manifest(
    *, public_url: str | None, several_workspaces: bool = False, name: str = "Maturity Coach"
) -> dict[str, Any]:
    """For Socket Mode without a `public_url`, else for HTTP at that address."""
    socket = public_url is None
    base = (public_url or "").rstrip("/")
    address = {} if socket else {"request_url": f"{base}{EVENTS_PATH}"}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": name,
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
            "background_color": "#1d3557",
        },
        "features": _features(name, base),
        "oauth_config": {
            **({"redirect_urls": [f"{base}{REDIRECT_PATH}"]} if several_workspaces else {}),
            "scopes": {
                "bot": [*SCOPES, *OPTIONAL_SCOPES],
                "bot_optional": [*OPTIONAL_SCOPES],
            },
        },
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS), **address},
            "interactivity": {"is_enabled": True, **address},
            "org_deploy_enabled": several_workspaces,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def _features(name: str, base: str) -> dict[str, Any]:
    return {
        "agent_view": {"agent_description": DESCRIPTION},
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": name, "always_online": True},
        "shortcuts": [
            _shortcut("Ask the coach", "message", "ask_about", "Ask the coach about this"),
            _shortcut("Start a pulse", "global", "start_pulse", "Ask a team how it is doing"),
        ],
        "slash_commands": [
            _command("/coach", "Ask about Level 2, privately", "[question or help]", base),
            _command("/pulse", "Pulse surveys of this channel", "[people | results]", base),
            _command("/digest", "The weekly digest of this channel", "[on mon 09:00]", base),
        ],
    }


def _command(command: str, description: str, hint: str, base: str) -> dict[str, Any]:
    return {
        "command": command,
        "description": description,
        "usage_hint": hint,
        "should_escape": True,  # people and channels come as ids
        **({"url": f"{base}{EVENTS_PATH}"} if base else {}),
    }


def _shortcut(name: str, kind: str, callback: str, description: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "callback_id": callback, "description": description}
