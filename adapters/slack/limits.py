"""What Slack takes at most, in one place. Source: docs.slack.dev/reference/block-kit, 2026-11."""

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 11_000  # all blocks together; Slack answers msg_blocks_too_long above 12,000
FALLBACK = 3_500  # `text` beside blocks; Slack shortens from 4,000
SECTION = 3_000
HEADER = 150
ACTIONS = 25  # elements in one actions block
BUTTON_LABEL = 75
BUTTON_VALUE = 2_000
ACTION_ID = 255
CONTEXT_TEXT = 2_000
ALERT = 200  # shown in modals only
TABLES = 1  # in a message
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_CHARACTERS = 10_000
CHARTS = 2  # in a message
CHART_TITLE = 50
CHART_LABEL = 20
CHART_SERIES = 6
CHART_POINTS = 20
MODAL_TITLE = 24
MODAL_BUTTON = 24
METADATA = 3_000
INPUT_LABEL = 2_000
HINT = 2_000
OPTION_LABEL = 75
OPTIONS = 100
RADIOS = 10
INPUT_TEXT = 3_000
PROMPTS = 4


def shortened(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def pieces(text: str, most: int) -> list[str]:
    """The whole text in pieces, cut at a line end or a space where there is one."""
    rest, found = text, []
    while len(rest) > most:
        ends = (rest.rfind(end, most // 2, most) for end in ("\n", " "))
        at = next((end for end in ends if end > 0), most)
        found.append(rest[:at])
        rest = rest[at:].lstrip("\n ")
    return [*found, rest]
