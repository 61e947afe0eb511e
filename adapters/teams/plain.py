"""Text that Teams shows as it is: no markup, no placeholders, nothing that can't be sent."""

import re

UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MARKDOWN = re.compile(r"[\\`*\[\]<~]|(?<!\w)_|_(?!\w)")
LINE_START = re.compile(r"^(\s*)([#>]|[-+](?=\s)|\d+(?=[.)]\s))", re.MULTILINE)
ENTITY = re.compile(r"&(?=#?\w+;)")
PLACEHOLDER = re.compile(r"\{\{(?=(?:DATE|TIME)\()")


def sendable(text: str) -> str:
    """As it was typed, without control characters; lone surrogates become U+FFFD.

    Cards fill in {{DATE(…)}} and {{TIME(…)}} wherever they stand: an invisible joiner keeps the
    braces apart. Source: learn.microsoft.com, Adaptive Cards, "Text features".
    """
    text = UNSENDABLE.sub(lambda m: "\ufffd" if m[0] >= "\ud800" else "", text)
    return PLACEHOLDER.sub("{\u2060{", text)


def shortened(text: str, most: int) -> str:
    """At most so many characters, an ellipsis where something is missing."""
    text = sendable(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def escaped(text: str) -> str:
    """For the few fields that read Markdown: a TextBlock, and the options of an unfolded choice.

    Everywhere else a TextRun or a label is used, which read none.
    """
    text = ENTITY.sub("&amp;", MARKDOWN.sub(lambda m: "\\" + m[0], sendable(text)))
    return LINE_START.sub(_escaped_start, text)


def _escaped_start(match: re.Match[str]) -> str:
    """A list's number keeps its digits: the sign after them is what counts."""
    space, sign = match[1], match[2]
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"
