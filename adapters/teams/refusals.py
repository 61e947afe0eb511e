"""What a refusal of the Bot Connector means for the send that met it.

Source: learn.microsoft.com/microsoftteams, "Status codes from bot conversational APIs" and
"Optimize your bot with rate limiting in Teams", 2026-11. Any other code refuses this one message.
"""

from typing import Any

from bot.errors import ChatError, Denied, OutcomeUnknown, Refused, SlowDown, Unreachable

TOO_MANY = 429
UNAUTHORIZED = 401

# The conversation can't be posted to, or the person not written to.
GONE = frozenset(
    {
        "BotNotInConversationRoster",  # 403, of some requests 404
        "ConversationBlockedByUser",  # 403
        "ConversationNotFound",  # 404
        "ForbiddenOperationException",  # 403, to a new conversation with a person
        "MessageWritesBlocked",  # 403
    }
)
DENIED = frozenset(
    {
        "BotDisabledByAdmin",  # 403: the tenant blocked the app, no conversation in particular
        "BotNotRegistered",  # 401
    }
)
DENIED_STATUS = frozenset({401, 407})
BARE = frozenset({403, 404})  # without a code: of a proxy, or no Bot Connector at all
# Certainly not done: another operation on the same conversation was under way; not served now.
NOT_NOW = frozenset({412, 503})


def problem(status: int, answer: dict[str, Any], wait: float, *, creates: bool = True) -> ChatError:
    """A refusal of Teams as ours; the reason is its error code, never its text.

    `creates`: doing it twice would show. Then nobody knows after a 500, 502 or 504 whether it was
    done.
    """
    error = answer.get("error")
    code = str(error.get("code", "")) if isinstance(error, dict) else ""
    reason = f"{status} {code}".strip()
    if status == TOO_MANY:
        return SlowDown(reason, seconds=wait)
    if status in NOT_NOW:
        return Unreachable(reason)
    if status >= 500 or status == 408:
        return OutcomeUnknown(reason) if creates else Unreachable(reason)
    if code in DENIED or status in DENIED_STATUS or (status in BARE and not code):
        return Denied(reason)
    return Refused(reason, gone=code in GONE)
