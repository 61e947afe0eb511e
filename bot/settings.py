"""The one list of settings: name, type, default, help; from the environment or a file."""

import base64
from binascii import Error as NotBase64
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.scoring import LEAST_FOR_COMMENTS, LEAST_FOR_SCORES

PREFIX = "COACH_"


class Settings(BaseSettings):
    """Read once, by the composition root; every problem is reported together."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    database_url: str = Field(
        default="",
        validation_alias="DATABASE_URL",
        description="PostgreSQL as `postgresql://…`, or `sqlite:///FILE`. Empty: a SQLite file "
        "in the data directory.",
    )
    data_dir: Path | None = Field(
        default=None,
        description="Where the SQLite file, its key and the chat history are kept. Empty: the "
        "place that the operating system has for it.",
    )
    application_key: SecretStr = Field(
        default=SecretStr(""),
        description="Fernet keys, newest first, separated by commas; encrypt tokens and open "
        "pulses' secrets. Empty: one is made and kept beside the SQLite file; PostgreSQL needs it.",
    )
    knowledge_dir: Path | None = Field(
        default=None, description="Another knowledge base than the shipped one."
    )
    overlay_dir: Path | None = Field(
        default=None, description="Your organisation's own additions to the base (YAML)."
    )
    encoder: bool = Field(
        default=True, description="Use the sentence encoder when it is installed."
    )
    gaps_days: int = Field(
        default=90, ge=1, le=365, description="How long unanswered questions are kept, days."
    )
    least_for_scores: int = Field(
        default=LEAST_FOR_SCORES,
        ge=LEAST_FOR_SCORES,
        le=100,
        description="Respondents that a pulse needs for scores to be shown; can only be raised.",
    )
    least_for_comments: int = Field(
        default=LEAST_FOR_COMMENTS,
        ge=LEAST_FOR_COMMENTS,
        le=100,
        description="Respondents that a pulse needs for comments to be shown; can only be raised.",
    )
    jobs: Literal["embedded", "queue"] = Field(
        default="embedded",
        description="Who sends digests and invitations: `embedded` is a task in this process; "
        "`queue` shares the work between replicas through PostgreSQL.",
    )
    late_hours: int = Field(
        default=12, ge=1, le=72, description="A digest as late as this is dropped, hours."
    )
    teams_app_id: str = Field(
        default="",
        description="Microsoft Teams: the bot's Microsoft App ID. Empty: Teams is not served.",
    )
    teams_app_type: Literal["SingleTenant", "MultiTenant", "UserAssignedMSI"] = Field(
        default="SingleTenant", description="Which kind of registration the bot has in Azure."
    )
    teams_app_password: SecretStr = Field(
        default=SecretStr(""),
        description="The app's client secret; none with a managed identity (`UserAssignedMSI`).",
    )
    teams_tenant_id: str = Field(
        default="", description="The tenant in which the app is registered, a GUID."
    )
    teams_tenants: str = Field(
        default="",
        description="Tenants whose people are served, separated by commas; `*` is every one. "
        "Empty: the tenant of the app alone.",
    )
    host: str = Field(default="127.0.0.1", description="Where `serve` listens.")
    port: int = Field(
        default=8080, ge=0, le=65535, description="On which port `serve` listens; 0: any free one."
    )
    public_url: str = Field(
        default="",
        description="The https address under which the platforms reach `serve`; Slack's Socket "
        "Mode needs none.",
    )
    slack_bot_token: SecretStr = Field(
        default=SecretStr(""),
        description="Slack, one workspace: the bot token, `xoxb-…`. Empty: by installation.",
    )
    slack_app_token: SecretStr = Field(
        default=SecretStr(""),
        description="Slack without a public address (Socket Mode): the app-level token, `xapp-…`.",
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""), description="Slack over HTTP: the signing secret of the app."
    )
    slack_client_id: str = Field(
        default="", description="Slack, several workspaces: the client id of the app."
    )
    slack_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Slack, several workspaces: the client secret."
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        description="Where Slack's Web API is; another one for tests and for GovSlack.",
    )
    log_json: bool = Field(default=False, description="Write logs as JSON lines.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="What is worth a line in the log."
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("application_key")
    @classmethod
    def _fernet_keys(cls, value: SecretStr) -> SecretStr:
        for place, key in enumerate(_split(value), start=1):
            if not is_key(key):
                raise ValueError(
                    f"key {place} is no Fernet key; `maturity-coach key` makes one, "
                    "several are separated by commas"
                )
        return value

    @field_validator("knowledge_dir")
    @classmethod
    def _folder(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError(f"there is no folder {value}")
        return value

    @property
    def application_keys(self) -> tuple[str, ...]:
        """Newest first; empty if none is set."""
        return tuple(_split(self.application_key))


class WrongSettings(Exception):
    """What is missing or wrong, all of it; values are not repeated, they may be secrets."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def read_settings() -> Settings:
    """From the environment and `.env`; for the composition root alone. Raises WrongSettings."""
    try:
        return Settings()
    except ValidationError as error:
        problems = [
            f"{variable_of(str(one['loc'][0]))}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors(include_input=False)
        ]
        raise WrongSettings(tuple(problems)) from None


def variable(name: str, field: FieldInfo) -> str:
    """The environment variable of a setting."""
    alias = field.validation_alias
    return alias if isinstance(alias, str) else PREFIX + name.upper()


def variable_of(location: str) -> str:
    """The environment variable that a validation error is about."""
    field = Settings.model_fields.get(location)
    return variable(location, field) if field else location


def strangers(names: Iterable[str]) -> tuple[str, ...]:
    """Variables that look like ours and are none, each with the one that may have been meant."""
    ours = {variable(name, field) for name, field in Settings.model_fields.items()}
    found = []
    for name in sorted(set(names)):
        if name.upper().startswith(PREFIX) and name.upper() not in ours:
            near = get_close_matches(name.upper(), ours, n=1)
            found.append(f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else ""))
    return tuple(found)


def is_key(text: str) -> bool:
    """Whether this is a Fernet key: 32 bytes, URL-safe base 64."""
    try:
        return len(base64.urlsafe_b64decode(text.encode("ascii"))) == 32
    except (NotBase64, ValueError):
        return False


def _split(keys: SecretStr) -> list[str]:
    return [key.strip() for key in keys.get_secret_value().split(",") if key.strip()]
