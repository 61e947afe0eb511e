"""The app package for Teams: manifest, its Chinese words, and the icons, in one zip."""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from adapters.teams.icons import color_icon, outline_icon
from bot.wording import wording
from knowledge.model import Language

VERSION = "1.30"  # of the manifest's format, the newest stable one
SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{VERSION}/MicrosoftTeams.schema.json"
LOCALIZATION = SCHEMA.replace("MicrosoftTeams.schema", "MicrosoftTeams.Localization.schema")
SCOPES = ["personal", "team", "groupChat"]
SEARCH, ASK = "search", "askCoach"
# What people can pick from the list of commands, by scope; the words are in the catalogue.
IN_CHANNELS = ("topics", "pulse", "digest", "actions", "leads", "gaps", "help")
IN_PRIVATE = ("topics", "gaps", "actions", "forget", "help")
TYPED = {
    "topics": "coach topics",
    "pulse": "pulse",
    "digest": "digest",
    "actions": "coach actions",
    "leads": "coach leads",
    "gaps": "coach gaps",
    "forget": "coach forget me",
    "help": "coach help",
}
Manifest = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Publisher:
    """Who stands behind the app, with pages of theirs."""

    name: str
    website: str  # https
    privacy: str
    terms: str


def manifest(app_id: str, publisher: Publisher, app_version: str) -> Manifest:
    """The manifest in English; rights: none beyond talking to people where it is installed."""
    words = wording(Language.EN)
    return {
        "$schema": SCHEMA,
        "manifestVersion": VERSION,
        "version": app_version,
        "id": str(uuid5(NAMESPACE_URL, f"maturity-coach:{app_id}")),
        "developer": {
            "name": publisher.name,
            "websiteUrl": publisher.website,
            "privacyUrl": publisher.privacy,
            "termsOfUseUrl": publisher.terms,
        },
        "name": {"short": words.say("manifest.name"), "full": words.say("manifest.full_name")},
        "description": {
            "short": words.say("manifest.short"),
            "full": words.say("manifest.full"),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#2B5797",
        "localizationInfo": {
            "defaultLanguageTag": "en",
            "additionalLanguages": [{"languageTag": "zh-cn", "file": "zh-cn.json"}],
        },
        "bots": [_bot(app_id)],
        "composeExtensions": [_compose(app_id)],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [],
        "defaultInstallScope": "team",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
    }


def _bot(app_id: str) -> Manifest:
    return {
        "botId": app_id,
        "scopes": SCOPES,
        "needsChannelSelector": True,
        "isNotificationOnly": False,
        "supportsFiles": False,
        "commandLists": [
            {"scopes": ["team", "groupChat"], "commands": _commands(IN_CHANNELS)},
            {"scopes": ["personal"], "commands": _commands(IN_PRIVATE)},
        ],
    }


def _commands(names: tuple[str, ...]) -> list[Manifest]:
    words = wording(Language.EN)
    return [
        {"title": TYPED[name], "description": words.say(f"manifest.command_{name}")}
        for name in names
    ]


def _compose(app_id: str) -> Manifest:
    words = wording(Language.EN)
    search = {
        "id": SEARCH,
        "type": "query",
        "title": words.say("manifest.search"),
        "description": words.say("manifest.search_about"),
        "context": ["compose", "commandBox"],
        "initialRun": True,
        "parameters": [
            {
                "name": "query",
                "title": words.say("manifest.search_what"),
                "description": words.say("manifest.search_about"),
                "inputType": "text",
            }
        ],
    }
    ask = {
        "id": ASK,
        "type": "action",
        "title": words.say("manifest.ask"),
        "description": words.say("manifest.ask_about"),
        "context": ["message"],
        "fetchTask": True,
    }
    return {"botId": app_id, "composeExtensionType": "botBased", "commands": [search, ask]}


def chinese() -> dict[str, str]:
    """The same words for people whose Teams is in Chinese, by their place in the manifest."""
    words = wording(Language.ZH)
    command = "composeExtensions[0].commands"
    found = {
        "$schema": LOCALIZATION,
        "name.short": words.say("manifest.name"),
        "name.full": words.say("manifest.full_name"),
        "description.short": words.say("manifest.short"),
        "description.full": words.say("manifest.full"),
        f"{command}[0].title": words.say("manifest.search"),
        f"{command}[0].description": words.say("manifest.search_about"),
        f"{command}[0].parameters[0].title": words.say("manifest.search_what"),
        f"{command}[0].parameters[0].description": words.say("manifest.search_about"),
        f"{command}[1].title": words.say("manifest.ask"),
        f"{command}[1].description": words.say("manifest.ask_about"),
    }
    for place, names in enumerate((IN_CHANNELS, IN_PRIVATE)):
        for number, name in enumerate(names):
            path = f"bots[0].commandLists[{place}].commands[{number}]"
            found[f"{path}.description"] = words.say(f"manifest.command_{name}")
    return found


def package(app_id: str, publisher: Publisher, app_version: str) -> bytes:
    """The zip to upload; the same input makes the same bytes."""
    made = {
        "manifest.json": _json(manifest(app_id, publisher, app_version)),
        "zh-cn.json": _json(chinese()),
        "color.png": color_icon(),
        "outline.png": outline_icon(),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in made.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return file.getvalue()


def _json(content: Manifest | dict[str, str]) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()
