"""`maturity-coach knowledge …`: for whoever edits the base."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from adapters.command.application import application_of

BROKEN = 2  # exit code of a file that can't be used
STALE = 3  # exit code of an index that was made of another state

knowledge = typer.Typer(
    no_args_is_help=True, help="Check, calibrate, import, compare and search the knowledge base."
)
Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", help="Folder of the base. Left out: COACH_KNOWLEDGE_DIR, or the shipped one."
    ),
]
console = Console()
complaints = Console(stderr=True)


@contextmanager
def _problems_in_words() -> Iterator[None]:
    from knowledge.yamls import KnowledgeError

    try:
        yield
    except KnowledgeError as error:
        for problem in error.problems:
            complaints.print(str(problem), markup=False, soft_wrap=True)
        count = len(error.problems)
        complaints.print(f"{count} problem{'s' if count > 1 else ''}; nothing was changed.")
        raise typer.Exit(BROKEN) from error


@contextmanager
def _written(file: Path) -> Iterator[None]:
    """Raises KnowledgeError where the system doesn't let us write."""
    from knowledge.yamls import KnowledgeError, Problem

    try:
        yield
    except OSError as error:
        message = f"can't be written ({error.strerror}): name a file in a folder that may be"
        raise KnowledgeError([Problem(file=str(file), line=1, message=message)]) from error


def _base(context: typer.Context, folder: Path | None) -> Path:
    from knowledge.load import SHIPPED

    return folder or application_of(context).settings.knowledge_dir or SHIPPED


def _topic_column() -> Column:
    """Ids are there to be copied: broken over lines rather than cut."""
    return Column("topic", overflow="fold")


@knowledge.command()
def check(
    context: typer.Context,
    folder: Folder = None,
    strict: Annotated[
        bool, typer.Option(help="Also fail on thin spots and on an index that is out of date.")
    ] = True,
) -> None:
    """Read the base and say everything that is wrong with it, with file and line."""
    from knowledge.check import thin_spots
    from knowledge.load import load, sheets

    folder = _base(context, folder)
    with _problems_in_words():
        base = load(folder)
        thin = thin_spots(sheets(folder))
        for problem in thin:
            complaints.print(str(problem), markup=False, soft_wrap=True)
    _parity(folder)
    stale = _stale(folder)
    if stale:
        complaints.print(f"{stale}: run `maturity-coach knowledge calibrate`", markup=False)
    console.print(
        f"{len(base.pillars)} pillars, {len(base.topics)} topics, "
        f"{len(base.statements)} statements, both languages complete."
    )
    if strict and (thin or stale):
        raise typer.Exit(BROKEN if thin else STALE)


def _parity(folder: Path) -> None:
    from knowledge.check import phrasings
    from knowledge.load import load
    from knowledge.model import Language

    table = Table(
        _topic_column(), "answers", "phrasings en", "phrasings zh", title="What each topic has"
    )
    for pillar in load(folder, examples=False).pillars:
        for topic in pillar.topics:
            counts = [str(phrasings(topic, language)) for language in Language]
            table.add_row(topic.id, str(len(topic.answers)), *counts)
    console.print(table)


def _stale(folder: Path) -> str | None:
    from knowledge.index import FILE, fingerprint, read

    try:
        made_of = read(folder / FILE).fingerprint
    except (OSError, ValueError, KeyError):
        return f"no readable {FILE}"
    return None if made_of == fingerprint(folder) else f"{FILE} was made of another state"


@knowledge.command()
def calibrate(context: typer.Context, folder: Folder = None) -> None:
    """Make the search index of the base, with thresholds cross-validated by author (minutes)."""
    from knowledge.encoder import Encoder, installed
    from knowledge.index import FILE, save
    from knowledge.load import load
    from knowledge.training import train

    folder = _base(context, folder)
    with _problems_in_words():
        base = load(folder)
    encoder = Encoder() if installed() else None
    if encoder is None:
        complaints.print("The sentence encoder is not installed: lexical search only.")
    with console.status("reading examples") as status:
        index, judged = train(base, folder, encoder, status.update)
    with _problems_in_words(), _written(folder / FILE):
        save(index, folder / FILE)
    table = Table("way", "held out", "best right", "among three", "answer from", "ask from")
    for way, rows in judged.items():
        covered = [one for one in rows if one.example.topics]
        right = sum(one.right for one in covered) / max(1, len(covered))
        three = sum(bool({*one.best[:3]} & {*one.example.topics}) for one in covered)
        gate = index.gates[way]
        shares = (f"{right:.1%}", f"{three / max(1, len(covered)):.1%}")
        limits = (f"{gate.answer_from:.3f}", f"{gate.ask_from:.3f}")
        table.add_row(way, str(len(rows)), *shares, *limits)
    console.print(table)
    console.print(f"Wrote {folder / FILE}", markup=False, soft_wrap=True)


@knowledge.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A page of the model (Markdown).")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write. Left out: printed.")
    ] = None,
) -> None:
    """Turn a page of the public model into a YAML skeleton of a base."""
    from knowledge.importer import import_page, skeleton

    with _problems_in_words():
        page = import_page(_page(file), file.name)
    text = skeleton(page)
    if output is None:
        typer.echo(text, nl=False)
    else:
        part = output.with_name(f"{output.name}.part")
        with _problems_in_words(), _written(output):
            part.write_text(text, encoding="utf-8")
            part.replace(output)
    complaints.print(f"{len(page.pillars)} pillars, {len(page.topics())} topics, {page.edition}")


@knowledge.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The earlier edition of the page.")],
    new: Annotated[Path, typer.Argument(help="The later one.")],
) -> None:
    """Show what changed between two editions of a page; exit code 1 if anything did."""
    from knowledge.editions import differences
    from knowledge.importer import import_page

    with _problems_in_words():
        changes = differences(import_page(_page(old), old.name), import_page(_page(new), new.name))
    for change in changes:
        console.print(f"[bold]{escape(change.id)}[/] {change.kind} ({escape(change.title)})")
        for sentence in change.before:
            console.print(f"  [red]- {escape(sentence)}[/]", soft_wrap=True)
        for sentence in change.after:
            console.print(f"  [green]+ {escape(sentence)}[/]", soft_wrap=True)
    if not changes:
        console.print("No difference.")
    raise typer.Exit(1 if changes else 0)


def _page(file: Path) -> str:
    from knowledge.yamls import KnowledgeError, Problem

    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(file=file.name, line=1, message="is not UTF-8 text")
        raise KnowledgeError([problem]) from error
    except OSError as error:
        reason = f"can't be read: {error.strerror}"
        problem = Problem(file=file.name, line=1, message=reason)
        raise KnowledgeError([problem]) from error


@knowledge.command()
def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="A question, as somebody might type it.")],
    folder: Folder = None,
    lexical: Annotated[bool, typer.Option(help="Without the sentence encoder.")] = False,
) -> None:
    """Show how a question is ranked, with the parts of every score and the decision."""
    from knowledge.engine import Engine, StaleIndex

    try:
        engine = Engine.open(_base(context, folder), encoder=not lexical)
    except StaleIndex as error:
        complaints.print(f"{error}: run `maturity-coach knowledge calibrate`", markup=False)
        raise typer.Exit(STALE) from error
    ranking = engine.ranking(text)
    finding = engine.find(text)
    console.print(f"searched as: {finding.text}", markup=False, soft_wrap=True)
    if ranking is not None:
        table = Table(_topic_column(), "score", "meaning", "pieces", "near meaning", "near pieces")
        for part in (*ranking.best, ranking.none):
            known = part is not ranking.none
            table.add_row(
                engine.topic(part.place) if known else "(not covered)",
                f"{part.total:.2f}",
                f"{part.dense:.2f}",
                f"{part.lexical:.2f}",
                f"{part.near_dense:.2f}",
                f"{part.near_lexical:.2f}",
            )
        console.print(table)
    meant = f", frequent question `{finding.answer}`" if finding.answer else ""
    console.print(f"{finding.outcome}, confidence {finding.confidence:.2f}{meant}", markup=False)
