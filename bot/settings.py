"""The one list of settings: name, type, default, help; from the environment or a file."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once, by the composition root; every problem is reported together."""

    model_config = SettingsConfigDict(
        env_prefix="COACH_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    database_url: Annotated[
        str,
        Field(
            default="",
            validation_alias="DATABASE_URL",
            description="PostgreSQL as postgresql://…, or sqlite:///FILE. Empty: a SQLite file "
            "in the data directory of the user.",
        ),
    ]
    application_key: Annotated[
        SecretStr,
        Field(
            default=SecretStr(""),
            description="Fernet keys, newest first, separated by commas; encrypt tokens and open "
            "pulses' secrets. Empty: one is made and kept beside the SQLite file.",
        ),
    ]
    knowledge_dir: Annotated[
        Path | None,
        Field(default=None, description="Another knowledge base than the shipped one."),
    ]
    overlay_dir: Annotated[
        Path | None,
        Field(default=None, description="Your organisation's own additions to the base (YAML)."),
    ]
    encoder: Annotated[
        bool,
        Field(default=True, description="Use the sentence encoder when it is installed."),
    ]
    gaps_days: Annotated[
        int,
        Field(
            default=90, ge=1, le=365, description="How long unanswered questions are kept, days."
        ),
    ]
    log_json: Annotated[bool, Field(default=False, description="Write logs as JSON lines.")]
    log_level: Annotated[str, Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")]
