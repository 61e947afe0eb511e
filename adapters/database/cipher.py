"""What must not be readable in the database alone: tokens, and the secrets of open pulses."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import Unreadable


class WrongKey(Unreadable):
    """Sealed with an application key that isn't among those configured."""


class Cipher:
    """Seals with the newest application key, opens with any of them."""

    def __init__(self, application_keys: Sequence[str]) -> None:
        """Fernet keys, newest first. Raises ValueError for what is no such key."""
        self._fernet = MultiFernet([Fernet(key) for key in application_keys])

    def seal(self, plain: bytes) -> bytes:
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """Raises WrongKey."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise WrongKey(
                "no configured application key opens this: add the former key to COACH_"
                "APPLICATION_KEY, after the new one"
            ) from error
