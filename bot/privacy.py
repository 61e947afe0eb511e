"""What is taken out of a text before it is kept: people, addresses, numbers, secrets."""

import re

from knowledge.normalise import visible

GONE = "[…]"
MOST_KEPT = 300  # characters of a question that is kept

PATTERNS = (
    re.compile(r"-----BEGIN [^-]+-----.*?(?:-----END [^-]+-----|$)", re.DOTALL),
    re.compile(r"<at\b[^>]*>.*?</at>|<[@#!][^>]*>", re.IGNORECASE | re.DOTALL),  # chat mark-up
    re.compile(r"<?\b[a-z][a-z0-9+.-]*://[^\s>]+>?|\bwww\.\S+", re.IGNORECASE),
    re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"),  # e-mail
    re.compile(r"(?<![\w@])@[\w.-]+"),  # a mention that is not mark-up
    re.compile(
        r"(?<=[\s(\"'])(?:eyJ[\w-]+\.[\w-]+\.?[\w-]*|(?:AKIA|ASIA)[A-Z0-9]{8,}"
        r"|(?:gh[pousr]|glpat|xox[abeoprs]|sk|pk|rk)[-_][\w-]{6,})"
    ),
    re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?:[:/]\d+)?\b"),  # IPv4
    re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE),  # IPv6
    re.compile(r"\b(?=[\w.-]*[a-z])[\w-]+(?:\.[\w-]+){2,}\b", re.IGNORECASE),  # host names
    re.compile(r"(?<=/home/)[^/\s]+|(?<=/Users/)[^/\s]+|(?<=\\Users\\)[^\\\s]+"),
)
# A word that announces a secret, and what follows it.
ANNOUNCED = re.compile(
    r"((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[ _-]?key|access[ _-]?key|credentials?|bearer"
    r"|authorization|密码|口令|令牌|密钥|秘钥)\s*(?:is|was|are|是|为|[:=：＝])+\s*)[\"']?[^\s,;，。；]+",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\+?\d[\d ().-]{6,}\d")  # telephone, card, identity
LONG = re.compile(r"[A-Za-z0-9_+/=-]{20,}")


def cleaned(text: str) -> str:
    """The text without mentions, addresses, numbers of people and what looks like a secret.

    Names that are ordinary words stay: nothing can tell them from other words.
    """
    text = f" {visible(text)}"
    text = ANNOUNCED.sub(lambda match: match.group(1) + GONE, text)
    for pattern in PATTERNS:
        text = pattern.sub(GONE, text)
    text = NUMBER.sub(_unless_short, text)
    text = LONG.sub(_unless_a_word, text)
    return re.sub(r"\s+", " ", text).strip()[:MOST_KEPT]


def _unless_short(match: re.Match[str]) -> str:
    """Dates have eight digits, telephone numbers more."""
    digits = sum(one.isdigit() for one in match.group())
    return GONE if digits > 8 else match.group()


def _unless_a_word(match: re.Match[str]) -> str:
    token = match.group()
    mixed = any(one.isdigit() for one in token) and any(one.isalpha() for one in token)
    cases = any(one.islower() for one in token) and any(one.isupper() for one in token[1:])
    return GONE if mixed or cases else token
