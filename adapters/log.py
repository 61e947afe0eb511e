"""The log: structured lines on stderr, without message texts, names or tokens."""

import logging
import sys
import traceback
from typing import TextIO

import structlog

from bot.messages import Inbound

OURS = "coach"  # the logger of this product; libraries are heard from WARNING on


def set_up(*, json: bool, level: str, stream: TextIO | None = None) -> None:
    """Send our lines, and warnings of libraries, to `stream` (stderr)."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    target = stream or sys.stderr
    look: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=target.isatty())
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, look],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(OURS).setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def logger() -> structlog.stdlib.BoundLogger:
    """Ours; values that people wrote must never be given to it."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger(OURS)
    return bound


def report_job(error: Exception, *, doing: str) -> None:
    """Implements bot.sending.JobReport."""
    logger().error("job_failed", doing=doing, error=_kinds(error), at=_frames(error))


def report_unexpected(error: Exception, *, reference: str, inbound: Inbound) -> None:
    """Implements bot.coach.Report."""
    logger().error(
        "unexpected",
        reference=reference,
        kind=type(inbound).__name__,
        workspace=inbound.person.workspace.key,
        error=_kinds(error),
        at=_frames(error),
    )


def report_failure(error: Exception, *, reference: str) -> None:
    """The same for a command that failed, maybe before the log was set up."""
    if not structlog.is_configured():
        set_up(json=False, level="INFO")
    logger().error("unexpected", reference=reference, error=_kinds(error), at=_frames(error))


def _kinds(error: BaseException) -> str:
    """The error's kind and those of its causes; never its text, which may quote a person."""
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < 5:
        kinds.append(type(cause).__qualname__)
        cause = cause.__cause__ or cause.__context__
    return " < ".join(kinds)


def _frames(error: BaseException) -> list[str]:
    """Where it happened, innermost last; places in the code, no values."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-8:]
    ]
