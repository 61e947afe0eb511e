"""How one open pulse's ballots are keyed and sealed, so that the rows alone tell nothing."""

import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.messages import Person
from bot.ports.pulses import Ballot

COMMENT_BYTES = 2000  # room for a comment of 500 characters, four bytes each
NONCE_BYTES = 12


def new_secret() -> bytes:
    return secrets.token_bytes(32)


class BallotBox:
    """One pulse's secret at work. Every sealed ballot of a pulse has the same length."""

    def __init__(self, secret: bytes) -> None:
        self._names = hmac.digest(secret, b"whose ballot", hashlib.sha256)
        self._contents = AESGCM(hmac.digest(secret, b"what it says", hashlib.sha256))

    def key(self, person: Person) -> str:
        """The same for every ballot of this person in this pulse, and in no other."""
        name = f"{person.workspace.key}\n{person.id}".encode("utf-8", "surrogatepass")
        return hmac.new(self._names, name, hashlib.sha256).hexdigest()

    def seal(self, key: str, ballot: Ballot) -> bytes:
        comment = ballot.comment.encode("utf-8", "replace")
        if len(comment) > COMMENT_BYTES:
            raise ValueError("the comment is longer than a ballot has room for")
        plain = bytes(ballot.answers) + comment.ljust(COMMENT_BYTES, b"\0")
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._contents.encrypt(nonce, plain, key.encode())

    def open(self, key: str, sealed: bytes) -> Ballot:
        nonce, content = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        plain = self._contents.decrypt(nonce, content, key.encode())
        answers, comment = plain[:-COMMENT_BYTES], plain[-COMMENT_BYTES:]
        return Ballot(answers=tuple(answers), comment=comment.rstrip(b"\0").decode())
