"""The app package: valid against Microsoft's schema, with icons as Teams wants them."""

import io
import json
import struct
import zipfile
from typing import Any

import pytest
from jsonschema import Draft4Validator

from adapters.teams.manifest import Publisher, chinese, manifest, package
from tests.adapters.teams.connector import APP
from tests.adapters.teams.painter import MODULES

SCHEMAS = MODULES / "@microsoft/app-manifest/build/json-schemas/teams"
PUBLISHER = Publisher(
    name="Example GmbH",
    website="https://example.com",
    privacy="https://example.com/privacy",
    terms="https://example.com/terms",
)


def schema(name: str) -> Draft4Validator:
    if not SCHEMAS.exists():
        pytest.skip("needs npm ci in tests/node")
    return Draft4Validator(json.loads((SCHEMAS / "v1.30" / name).read_text()))


def made() -> dict[str, Any]:
    return manifest(APP, PUBLISHER, "1.2.3")


def test_the_manifest_is_valid_against_microsofts_schema() -> None:
    errors = list(schema("MicrosoftTeams.schema.json").iter_errors(made()))
    assert errors == []


def test_no_newer_stable_schema_is_known() -> None:
    if not SCHEMAS.exists():
        pytest.skip("needs npm ci in tests/node")
    versions = [one.name for one in SCHEMAS.iterdir() if one.name.startswith("v1.")]
    assert max(versions, key=lambda name: int(name.removeprefix("v1."))) == "v1.30"
    assert made()["manifestVersion"] == "1.30"


def test_the_chinese_words_are_valid_and_name_places_that_exist() -> None:
    words = chinese()
    assert list(schema("MicrosoftTeams.Localization.schema.json").iter_errors(words)) == []
    for path in words:
        if path != "$schema":
            assert isinstance(_at(made(), path), str)


def _at(place: Any, path: str) -> Any:
    for step in path.replace("[", ".").replace("]", "").split("."):
        place = place[int(step)] if step.isdigit() else place[step]
    return place


def test_the_bot_is_there_for_people_teams_and_groups_with_no_right_over_their_data() -> None:
    (bot,) = made()["bots"]
    assert bot["botId"] == APP
    assert set(bot["scopes"]) == {"personal", "team", "groupChat"}
    assert "authorization" not in made()
    assert made()["permissions"] == ["identity", "messageTeamMembers"]


def test_an_app_has_its_own_id_that_stays() -> None:
    assert made()["id"] == made()["id"] != APP
    assert manifest("other", PUBLISHER, "1.2.3")["id"] != made()["id"]


def test_the_package_holds_what_teams_wants_and_is_the_same_every_time() -> None:
    data = package(APP, PUBLISHER, "1.2.3")
    assert data == package(APP, PUBLISHER, "1.2.3")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert set(archive.namelist()) == {
            "manifest.json",
            "zh-cn.json",
            "color.png",
            "outline.png",
        }
        assert json.loads(archive.read("manifest.json")) == made()
        assert _size(archive.read("color.png")) == (192, 192)
        assert _size(archive.read("outline.png")) == (32, 32)


def _size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height
