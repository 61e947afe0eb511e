"""Text that Teams shows as it is: no markup, no placeholders, nothing that can't be sent."""

import re

UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MARKDOWN = re.compile(r"([\\`*_\[\]()~#>|!])")
LIST_START = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)", re.MULTILINE)
PLACEHOLDER = re.compile(r"\{\{(?=(DATE|TIME)\()")


def sendable(text: str) -> str:
    """Without control characters; lone surrogates, which no JSON reader takes, become U+FFFD."""
    return UNSENDABLE.sub(lambda m: "\ufffd" if m[0] >= "\ud800" else "", text)


def shortened(text: str, most: int) -> str:
    """At most so many characters, an ellipsis where something is missing."""
    text = sendable(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def escaped(text: str) -> str:
    """For the few fields that read Markdown (a TextBlock, a title in a table's head).

    Everywhere else a TextRun is used, which reads none.
    Source: learn.microsoft.com, Adaptive Cards, "Text features" and "RichTextBlock".
    """
    text = MARKDOWN.sub(r"\\\1", sendable(text))
    text = LIST_START.sub(lambda m: m[1] + m[2][:-1] + "\\" + m[2][-1], text)
    return PLACEHOLDER.sub("{ {", text)
