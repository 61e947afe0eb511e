"""Runs the application until it is told to stop, with the jobs loop beside it."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from adapters.log import logger

SIGNALS = (signal.SIGTERM, signal.SIGINT)
log = logger()


class PortTaken(Exception):
    """Somebody else listens there."""


async def serve(
    app: web.Application,
    *,
    host: str,
    port: int,
    beside: Callable[[], Awaitable[None]] | None = None,
    started: Callable[[int], None] = lambda _port: None,
    stop: asyncio.Event | None = None,
) -> None:
    """Until SIGTERM or SIGINT: no new requests, answers in hand are finished, jobs handed over.

    `beside` runs for as long; cancelled at the end, and an end of its own ends the process too.
    `started` is told the port (0 asks for any free one). Raises PortTaken.
    """
    ended = stop or asyncio.Event()
    for one in SIGNALS:
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(one, ended.set)
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        actual = await _listen(runner, host, port)
        log.info("web.listening", host=host, port=actual)
        started(actual)
        await _until(ended, beside)
    finally:
        log.info("web.stopping")
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError as error:
        raise PortTaken(f"port {port} of {host} is taken: set COACH_PORT to another") from error
    address: tuple[str, int] = runner.addresses[0][:2]
    return address[1]


async def _until(ended: asyncio.Event, beside: Callable[[], Awaitable[None]] | None) -> None:
    waiting = asyncio.ensure_future(ended.wait())
    work = [asyncio.ensure_future(beside())] if beside else []
    try:
        done, _ = await asyncio.wait([waiting, *work], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (waiting, *work):
            task.cancel()
        await asyncio.gather(waiting, *work, return_exceptions=True)
    for task in done:
        if task is not waiting:
            task.result()  # raises what ended the jobs
