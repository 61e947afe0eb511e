"""Microsoft's own renderer of Adaptive Cards in a headless browser, and Microsoft's schema."""

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

NODE = Path(__file__).parents[2] / "node"
MODULES = NODE / "node_modules"
CHROMIUM = "/usr/bin/chromium"
Card = dict[str, Any]

# The renderer knows no charts and takes their fallback, as older clients of Teams do.
KNOWN = re.compile(r'Unknown element type "Chart\.[\w.]+"\. Fallback will be used')

# What the page tells of a card: its words as a reader sees them, and the renderer's complaints.
PAINT = """
([json, config]) => {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(config);
  // The renderer's own pattern is global and so remembers where the last card's check ended.
  AdaptiveCards.AdaptiveCard.langProperty.regEx.lastIndex = 0;
  const context = new AdaptiveCards.SerializationContext();
  card.parse(json, context);
  const complaints = [];
  for (let i = 0; i < context.eventCount; i++) {
    const event = context.getEventAt(i);
    if (event.phase !== undefined || event.message) complaints.push(event.message);
  }
  for (const event of card.validateProperties().validationEvents) complaints.push(event.message);
  const stage = document.getElementById("stage");
  stage.replaceChildren();
  const painted = card.render();
  stage.appendChild(painted);
  const inputs = card.getAllInputs().map((input) => input.id);
  const actions = [...stage.querySelectorAll("button")].map((one) => one.innerText.trim());
  return { complaints, text: stage.innerText, html: stage.innerHTML, inputs, actions };
}
"""
CONFIG: Card = {
    "fontFamily": "'Noto Sans', 'Noto Sans CJK SC', sans-serif",
    "supportsInteractivity": True,
    "actions": {"maxActions": 6, "actionsOrientation": "horizontal", "buttonSpacing": 8},
    "containerStyles": {
        name: {"backgroundColor": background, "foregroundColors": {"default": {"default": text}}}
        for name, background, text in (
            ("default", "#ffffff", "#242424"),
            ("accent", "#eef3fb", "#242424"),
            ("good", "#e9f6ec", "#242424"),
            ("warning", "#fdf6e3", "#242424"),
            ("attention", "#fcebea", "#242424"),
        )
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Painted:
    complaints: tuple[str, ...]
    text: str
    html: str
    inputs: tuple[str, ...]
    actions: tuple[str, ...]


class Painter:
    """One browser in a thread of its own: its interface blocks, and tests run in an event loop."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._thread.submit(self._open).result()

    def _open(self) -> None:
        self._playwright: Playwright = sync_playwright().start()
        self._browser: Browser = self._playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        self._page: Page = self._browser.new_page(viewport={"width": 560, "height": 800})
        self._page.set_content(
            "<body style='margin:0;background:#f5f5f5'><div id='stage' "
            "style='background:#fff;padding:4px;border-radius:6px'></div></body>"
        )
        self._page.add_script_tag(path=MODULES / "adaptivecards/dist/adaptivecards.min.js")
        self._page.add_script_tag(content=_markdown())
        self._page.evaluate(
            "AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {"
            " result.outputHtml = Markdown.micromark(text); result.didProcess = true; }; null"
        )

    def paint(self, card: Card) -> Painted:
        return self._thread.submit(self._paint, card).result(timeout=30)

    def _paint(self, card: Card) -> Painted:
        found = self._page.evaluate(PAINT, [card, CONFIG])
        return Painted(
            complaints=tuple(one for one in found["complaints"] if not KNOWN.match(one)),
            text=found["text"],
            html=found["html"],
            inputs=tuple(found["inputs"]),
            actions=tuple(found["actions"]),
        )

    def picture(self, card: Card, file: Path, style: str = "") -> None:
        def shoot() -> None:
            self._paint(card)
            if style:
                self._page.add_style_tag(content=style)
            self._page.locator("#stage").screenshot(path=file)

        self._thread.submit(shoot).result(timeout=30)

    def close(self) -> None:
        def end() -> None:
            self._browser.close()
            self._playwright.stop()

        self._thread.submit(end).result(timeout=30)
        self._thread.shutdown()


@cache
def _markdown() -> str:
    """CommonMark for the renderer, which brings none of its own."""
    bundled = subprocess.run(
        [
            MODULES / ".bin/esbuild",
            MODULES / "micromark/index.js",
            "--bundle",
            "--format=iife",
            "--global-name=Markdown",
            "--log-level=error",
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return bundled.stdout


@cache
def _schema() -> Draft6Validator:
    text = (files("adaptive_cards") / "schemas" / "schema-1.5.json").read_text()
    schema = json.loads(text)
    schema.pop("anyOf", None)
    return Draft6Validator(schema | {"$ref": "#/definitions/AdaptiveCard"})


def problems(card: Card) -> list[str]:
    """What Microsoft's schema 1.5 has against a card, read by a host that knows no charts."""
    if card.get("version") != "1.5":
        return ["version must be 1.5"]
    plain = without_charts({key: value for key, value in card.items() if key != "msteams"})
    found = []
    for error in _schema().iter_errors(plain):
        where = "/".join(str(one) for one in error.absolute_path)
        found.append(f"{where}: {error.message[:300]}")
    return found


def without_charts(element: Any) -> Any:
    """The card with the fallback of every native chart in its place."""
    if isinstance(element, list):
        return [without_charts(one) for one in element]
    if not isinstance(element, dict):
        return element
    if str(element.get("type", "")).startswith("Chart."):
        return without_charts(element["fallback"])
    return {key: without_charts(value) for key, value in element.items()}
