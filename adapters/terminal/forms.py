"""A form filled in line by line."""

from dataclasses import dataclass, field

from bot.messages import Choice, Field, Form, Option, Place, Scale, TextField
from bot.wording import Wording

CANCEL = frozenset({"/cancel", "/取消"})
LINE_BREAK = "\\n"  # typed within a line


class Unusable(Exception):
    """What was typed doesn't fit the field; the text says what does."""


@dataclass(kw_only=True, slots=True)
class Filling:
    """A form in hand: what was answered so far and what comes next."""

    form: Form
    place: Place
    values: dict[str, str] = field(default_factory=dict)
    at: int = 0

    @property
    def current(self) -> Field | None:
        return self.form.fields[self.at] if self.at < len(self.form.fields) else None

    def prompt(self, said: Wording) -> str:
        """What to show before the next line."""
        current = self.current
        if current is None:
            return ""
        lines = [current.label]
        if isinstance(current, TextField):
            if current.hint:
                lines.append(f"({current.hint})")
            if current.multiline:
                lines.append(said.say("terminal.form_line_break"))
        else:
            lines += [f"  {number}) {option.label}" for number, option in _numbered(current)]
            if isinstance(current, Choice) and current.many:
                lines.append(said.say("terminal.form_many"))
        if current.initial:
            lines.append(said.say("terminal.form_initial", value=_initial(current)))
        elif current.optional:
            lines.append(said.say("terminal.form_optional"))
        return "\n".join(lines)

    def take(self, line: str, said: Wording) -> None:
        """The answer to the current field. Raises Unusable; the field stays current then."""
        current = self.current
        if current is None:
            return
        text = line.strip()
        if not text and current.initial:
            text = current.initial
            self.values[current.name] = text
        elif not text:
            if not current.optional:
                raise Unusable(said.say("terminal.form_needed"))
        elif isinstance(current, TextField):
            self.values[current.name] = _text(current, text, said)
        else:
            self.values[current.name] = _chosen(current, text, said)
        self.at += 1


def _numbered(current: Choice | Scale) -> list[tuple[int, Option]]:
    numbered = list(enumerate(current.options, start=1))
    if isinstance(current, Scale) and current.apart:
        numbered.append((0, current.apart))
    return numbered


def _text(current: TextField, text: str, said: Wording) -> str:
    whole = text.replace(LINE_BREAK, "\n") if current.multiline else text
    if len(whole) > current.most:
        raise Unusable(said.say("terminal.form_long", most=current.most, given=len(whole)))
    return whole


def _chosen(current: Choice | Scale, text: str, said: Wording) -> str:
    numbered = _numbered(current)
    known = {str(number): option.value for number, option in numbered}
    known |= {option.value: option.value for _, option in numbered}
    known |= {option.label: option.value for _, option in numbered}
    many = isinstance(current, Choice) and current.many
    given = [one.strip() for one in text.replace("，", ",").split(",")] if many else [text]
    if any(one not in known for one in given):
        raise Unusable(said.say("terminal.form_choose", numbers=_range(numbered)))
    return ",".join(known[one] for one in given)


def _range(numbered: list[tuple[int, Option]]) -> str:
    numbers = sorted(number for number, _ in numbered)
    return f"{numbers[0]}–{numbers[-1]}"


def _initial(current: Field) -> str:
    if isinstance(current, TextField):
        return (current.initial or "").replace("\n", LINE_BREAK)
    labels = {option.value: option.label for _, option in _numbered(current)}
    return ", ".join(labels.get(one, one) for one in (current.initial or "").split(","))
