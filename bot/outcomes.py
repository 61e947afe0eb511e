"""What became of a send, in words: why it was late, and what a platform's own word means."""

import re
from datetime import timedelta

from bot.ports.sends import Delivery, SendState
from bot.wording import Wording

HOUR = timedelta(hours=1)
MOST = 60  # characters of a platform's word
OURS = {  # words that no platform said
    "accepted or not: nobody can say": "nobody_knows",
    "out of time": "no_time",
    "paused": "slow",
    "store away": "store",
    "unknown kind": "version",
    "error": "error",
    "timeout": "no_answer",
    "removed": "removed",
    "archived": "archived",
    "deleted": "deleted",
    "uninstalled": "uninstalled",
}
# Sources: docs.slack.dev, errors of chat.postMessage; learn.microsoft.com, Bot Connector REST API.
THEIRS = {
    "is_archived": "archived",
    **dict.fromkeys(
        (
            *("channel_not_found", "not_in_channel", "not_a_member"),
            *("BotNotInConversationRoster", "ConversationNotFound", "BotNotInRoster"),
        ),
        "removed",
    ),
    **dict.fromkeys(
        (
            *("account_inactive", "invalid_auth", "not_authed", "not_installed"),
            *("token_expired", "token_revoked", "app credentials refused", "http_401"),
        ),
        "access",
    ),
    **dict.fromkeys(
        (
            *("missing_scope", "no_permission", "restricted_action", "http_403"),
            *("restricted_action_read_only_channel", "posting_to_general_channel"),
            *("ForbiddenOperationException", "BotDisabledByAdmin"),
        ),
        "forbidden",
    ),
    **dict.fromkeys(
        ("msg_too_long", "msg_blocks_too_long", "MessageSizeTooBig", "invalid_blocks", "http_413"),
        "size",
    ),
    **dict.fromkeys(("ratelimited", "rate_limited", "message_limit_exceeded", "http_429"), "slow"),
    **dict.fromkeys(
        (
            *("fatal_error", "internal_error", "request_timeout", "service_unavailable"),
            *("ServiceError", "TimeoutError", "http_500", "http_502", "http_503", "http_504"),
        ),
        "no_answer",
    ),
}
BY_STATUS = {"401": "access", "403": "forbidden", "404": "removed", "413": "size", "429": "slow"}
STATUS = re.compile(r"(\d{3})\b ?(.*)")  # as Teams' refusals begin


def why(one: Delivery, said: Wording) -> str:
    """Empty where there is nothing to explain."""
    if one.state is SendState.SENT:
        return ""
    if one.state is SendState.LATE:
        return _late(one, said)
    return explained(one.reason, said) if one.reason else ""


def explained(reason: str, said: Wording) -> str:
    """A reason as a person understands it, with the platform's word where it was one."""
    if reason in OURS:
        return said.say(f"deliveries.why_{OURS[reason]}")
    meaning = said.say(f"deliveries.why_{_meaning(reason)}")
    return said.say("deliveries.why_said", meaning=meaning, word=reason[:MOST])


def _meaning(reason: str) -> str:
    word = reason.partition(":")[0]
    status = STATUS.fullmatch(reason)
    if status is None:
        return THEIRS.get(word, "other")
    number, word = status.groups()
    if number.startswith("5"):
        return "no_answer"
    return THEIRS.get(word) or BY_STATUS.get(number, "other")


def _late(one: Delivery, said: Wording) -> str:
    send = one.send
    limit = (send.late_after - send.due) // HOUR
    late = ((one.finished or send.late_after) - send.due) // HOUR
    return said.say("deliveries.why_late", n=late, limit=limit)
