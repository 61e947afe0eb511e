"""The locks hold what pyproject.toml asks for, each by hash, and name no place."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools.lock import LOCKS, ONLY

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", re.MULTILINE)


def asked_for(extras: tuple[str, ...]) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    return [Requirement(one) for one in wanted]


@pytest.mark.parametrize("lock", list(LOCKS))
def test_the_lock_satisfies_every_requirement(lock: str) -> None:
    pins = PIN.findall((ROOT / lock).read_text("utf-8"))
    versions = {name: Version(version) for name, version in pins}
    wrong = [
        str(one)
        for one in asked_for(LOCKS[lock])
        if (found := versions.get(canonicalize_name(one.name))) is None
        or found not in one.specifier
    ]
    assert wrong == [], "run `make lock`"


@pytest.mark.parametrize("lock", list(LOCKS))
def test_every_package_is_pinned_by_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text("utf-8").strip())
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert [block for block in blocks if not PIN.match(block)] == []


@pytest.mark.parametrize("lock", list(LOCKS))
def test_the_lock_names_no_host_and_no_folder(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert re.findall(r"https?:|file:|--(?:index|extra-index|find-links)| /|@ ", text) == []


@pytest.mark.parametrize("lock", list(LOCKS))
def test_the_encoder_is_the_wheel_that_was_examined(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    for package, digest in ONLY.items():
        (block,) = re.findall(rf"^{package}==[^\n]*\n((?: .*\n)*)", text, re.MULTILINE)
        assert re.findall(r"sha256:(\w+)", block) == [digest]


def test_both_locks_agree() -> None:
    first, second = (
        dict(PIN.findall((ROOT / lock).read_text("utf-8")))
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert {name: version for name, version in first.items() if second.get(name) != version} == {}
