"""Paints our payloads in Slack's look, with a renderer that others wrote (slack-blocks-to-jsx).

It un-escapes entities, so a picture never proves escaping.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from tests.adapters.slack.emulator import NODE

CHROMIUM = "/usr/bin/chromium"
LOGO = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 36 36'%3E"
    "%3Crect width='36' height='36' rx='7' fill='%231d3557'/%3E"
    "%3Cpath d='M9 26V17M18 26V9M27 26V13' stroke='white' "
    "stroke-width='4' stroke-linecap='round'/%3E%3C/svg%3E"
)


class Painter:
    """One bundle for all pictures of a run."""

    def __init__(self, folder: Path) -> None:
        self._script = folder / "paint.js"
        subprocess.run(
            [
                str(NODE / "node_modules" / ".bin" / "esbuild"),
                "slack/paint.jsx",
                "--bundle",
                "--minify",
                "--loader:.js=jsx",
                '--define:process.env.NODE_ENV="production"',
                f"--outfile={self._script}",
            ],
            cwd=NODE,
            check=True,
            capture_output=True,
            timeout=60,
        )

    async def paint(self, payload: dict[str, Any], file: Path) -> str:
        """Write the picture; all text that can be read on it."""
        shown = {"logo": LOGO, "at": "2026-11-23T10:00:00Z", **payload}
        page_source = (
            "<!doctype html><meta charset=utf-8><body style='margin:16px;background:#fff;"
            'font-family:Lato,"Noto Sans","Noto Sans CJK SC",sans-serif;font-size:15px\'>'
            "<div id=root style='display:inline-block'></div>"
        )
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox"]
            )
            page = await browser.new_page(viewport={"width": 720, "height": 900})
            await page.set_content(page_source)
            await page.add_style_tag(path=self._script.with_suffix(".css"))
            await page.evaluate(f"window.payload = {json.dumps(shown)}")
            await page.add_script_tag(path=self._script)
            await page.wait_for_timeout(300)
            root = page.locator("#root")
            await root.screenshot(path=file)
            text = await root.inner_text()
            await browser.close()
        return text
