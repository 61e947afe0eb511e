"""The Slack emulator that others wrote (npm `emulate`), as one process for all tests."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from socket import socket
from typing import Any

from adapters.slack.manifest import OPTIONAL_SCOPES, SCOPES

NODE = Path(__file__).parents[2] / "node"
TEAM = "T000000001"
ADMIN = "U000000001"  # seeded by the emulator itself
APP, COACH, COACH_BOT = "A00000C0AC", "U0000COACH", "B0000COACH"
TOKEN = "xoxb-coach"
TOKEN_WITHOUT_HISTORY = "xoxb-coach-no-history"
TOKEN_WITHOUT_USERS = "xoxb-coach-no-users"
ADMIN_TOKEN = "xoxp-admin"
CLIENT_ID, CLIENT_SECRET = "1111.2222", "client-secret"
REDIRECT = "http://coach.test/slack/oauth_redirect"
PEOPLE = ("ada", "bo", "chen", "dede", "eli", "fay")


class Emulator:
    """Starts it on a free port; `call` speaks to it as the workspace's admin."""

    def __init__(self, folder: Path) -> None:
        node = NODE / "node_modules" / ".bin" / "emulate"
        if not node.exists() or shutil.which("node") is None:
            raise FileNotFoundError("run `npm ci` in tests/node first")
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        seed = folder / "seed.json"
        seed.write_text(json.dumps({"slack": _seed()}))
        self._log = (folder / "emulator.log").open("w")
        arguments = [str(node), "start", "--service", "slack", "--seed", str(seed)]
        self._process = subprocess.Popen(
            [*arguments, "--port", str(self.port)], stdout=self._log, stderr=self._log, cwd=folder
        )
        self._wait()
        users = self.call("users.list")["members"]
        self.users = {user["name"]: user["id"] for user in users}

    def call(self, method: str, *, token: str = ADMIN_TOKEN, **values: object) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}/api/{method}",
            data=json.dumps(values).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            data: dict[str, Any] = json.load(answer)
        assert data["ok"], (method, data)
        return data

    def speak(self, user: str, channel: str, text: str, thread: str | None = None) -> str:
        """A person says something; its id."""
        name = next(name for name, one in self.users.items() if one == user)
        values = {"thread_ts": thread} if thread else {}
        said = self.call(
            "chat.postMessage", token=f"xoxp-{name}", channel=channel, text=text, **values
        )
        return str(said["ts"])

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        self._log.close()

    def _wait(self) -> None:
        for _ in range(200):
            try:
                self.call("auth.test")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("the emulator did not start")


def _seed() -> dict[str, object]:
    scopes = [*SCOPES, *OPTIONAL_SCOPES]
    return {
        "team": {"name": "Cloud Co", "domain": "cloudco"},
        "users": [{"name": name, "real_name": name.title()} for name in PEOPLE],
        "channels": [],
        "oauth_apps": [
            {
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "app_id": APP,
                "name": "Maturity Coach",
                "redirect_uris": [REDIRECT],
                "scopes": scopes,
                "bot_id": COACH_BOT,
                "bot_user_id": COACH,
                "bot_name": "coach",
            }
        ],
        "tokens": [
            _token(TOKEN, scopes),
            _token(TOKEN_WITHOUT_HISTORY, list(SCOPES)),
            _token(TOKEN_WITHOUT_USERS, [one for one in scopes if one != "users:read"]),
            {"token": ADMIN_TOKEN, "user_id": ADMIN, "type": "user"},
            *({"token": f"xoxp-{name}", "user": name, "type": "user"} for name in PEOPLE),
        ],
        "strict_scopes": True,
    }


def _token(token: str, scopes: list[str]) -> dict[str, object]:
    return {
        "token": token,
        "type": "bot",
        "user_id": COACH,
        "scopes": scopes,
        "app_id": APP,
        "bot_id": COACH_BOT,
        "bot_user_id": COACH,
    }


def _free_port() -> int:
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port
