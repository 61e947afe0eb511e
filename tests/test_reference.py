"""The generated reference is current, and what it is made from is complete."""

from bot.settings import Settings
from tools.reference import FILE, reference


def test_the_reference_is_current() -> None:
    assert FILE.read_text("utf-8") == reference(), "run `make reference`"


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_parameter_of_a_command_says_what_it_is() -> None:
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    assert [row for row in rows if row.rstrip().endswith("|  |")] == []
