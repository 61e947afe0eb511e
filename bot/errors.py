"""Mistakes that people can make and mend: each says what was wrong, what is allowed, what to do."""


class CoachError(Exception):
    """A person's mistake. `key` names the sentence in the catalogue, `values` fill it in.

    A tuple of words among them is said as a list, joined as the reader's language does.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class NotAllowed(CoachError):
    """The person lacks the right; the sentence says who has it."""


class NotFound(CoachError):
    """What was named isn't there, or isn't this workspace's."""


class Invalid(CoachError):
    """What was typed or sent can't be used as it is."""


class TooLate(CoachError):
    """It was possible once: a closed pulse, a form that is out of date."""


class StoreUnavailable(Exception):
    """The database can't be reached or is locked for longer than we wait; nothing was kept."""


class Unreadable(Exception):
    """Something kept was sealed with an application key that is no longer configured."""


class ChatError(Exception):
    """A send that did not work; `reason` is the platform's word, safe to log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SlowDown(ChatError):
    """The platform asks to wait; obeyed for the whole workspace."""

    def __init__(self, reason: str, *, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Refused(ChatError):
    """The platform refuses this send for good.

    `gone`: because its channel can't be posted to any more (archived, deleted, not a member), as
    against a message that it won't take.
    """

    def __init__(self, reason: str, *, gone: bool = False) -> None:
        super().__init__(reason)
        self.gone = gone


class Denied(ChatError):
    """The platform refuses the app or the whole workspace: token, credentials or scopes are wrong.

    Certainly not accepted. No channel is to blame; whoever runs the coach has to put it right.
    """


class Unreachable(ChatError):
    """Certainly not accepted: no connection was made, or the platform answered a server error."""


class OutcomeUnknown(ChatError):
    """The connection ended after the request was sent: it may have been accepted."""


class OldSchema(Exception):
    """The database needs `maturity-coach migrate` before this version can use it."""


class BackupFailed(Exception):
    """No backup was written; the text says why and what to do."""
