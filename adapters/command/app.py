"""The command line as a whole: its sub-commands, and what it says when one fails."""

import sys

import typer

from adapters.command.application import Application
from adapters.command.ask import ask
from adapters.command.backup import backup
from adapters.command.chat import chat
from adapters.command.demo import demo
from adapters.command.digest import digest
from adapters.command.doctor import doctor
from adapters.command.key import key
from adapters.command.knowledge import knowledge
from adapters.command.manifest import manifest
from adapters.command.migrate import migrate
from adapters.command.pulse import forget, pulse
from adapters.command.serve import serve
from adapters.command.worker import worker

WRONG_INPUT = 2  # as for a command line that can't be understood

app = typer.Typer(
    name="maturity-coach",
    help="A coach for Level 2 of the CNCF Cloud Native Maturity Model.\n\n"
    "Try it without any account: `maturity-coach chat`. Settings come from the environment or a "
    "file `.env`; `maturity-coach doctor` checks them and says what to do.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
ASKING = "Asking it"
OPERATING = "Operating it"
EDITING = "Editing what it says"
app.command(rich_help_panel=ASKING)(chat)
app.command(rich_help_panel=ASKING)(ask)
app.command(rich_help_panel=ASKING)(demo)
for command in (serve, worker, doctor, migrate, backup, key, forget):
    app.command(rich_help_panel=OPERATING)(command)
app.add_typer(pulse, name="pulse", rich_help_panel=OPERATING)
app.add_typer(digest, name="digest", rich_help_panel=OPERATING)
app.add_typer(manifest, name="manifest", rich_help_panel=OPERATING)
app.add_typer(knowledge, name="knowledge", rich_help_panel=EDITING)


def run(application: Application, arguments: list[str] | None = None) -> int:
    """The exit code; every failure ends in a sentence, never in a traceback."""
    try:
        app(args=arguments, obj=application)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except Exception as error:  # noqa: BLE001  the entry point's one place
        code, words = explained(error, application)
        sys.stderr.write(f"{words}\n")
        return code
    return 0


def explained(error: Exception, application: Application) -> tuple[int, str]:
    """Exit code and words for a failure; what we don't know is reported with a reference."""
    from bot.errors import BackupFailed, CoachError, OldSchema, StoreUnavailable
    from bot.settings import WrongSettings
    from bot.wording import wording
    from knowledge.engine import StaleIndex
    from knowledge.model import Language
    from knowledge.yamls import KnowledgeError

    match error:
        case WrongSettings():
            return WRONG_INPUT, "\n".join(["These settings are wrong:", *error.problems])
        case KnowledgeError():
            return WRONG_INPUT, f"The knowledge base can't be used:\n{error}"
        case StaleIndex():
            return 1, f"{error}: run `maturity-coach knowledge calibrate`"
        case OldSchema():
            return 1, "The database has the schema of another version: run `maturity-coach migrate`"
        case StoreUnavailable():
            return 1, "The database can't be reached: `maturity-coach doctor` says more"
        case BackupFailed():
            return 1, str(error)
        case CoachError():
            return 1, wording(Language.EN).say(error.key, **error.values)
        case _:
            return 1, _unknown(error, application)


def _unknown(error: Exception, application: Application) -> str:
    import secrets

    reference = secrets.token_hex(4)
    application.report_failure(error, reference=reference)
    return f"Something unexpected went wrong; reference {reference} is in the log."
