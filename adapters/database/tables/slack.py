"""Tables of the Slack adapter: installations, organisations of workspaces, consent states."""

from sqlalchemy import JSON, Column, LargeBinary, Table, Text

from adapters.database.tables.base import Instant, metadata

installations = Table(
    "installations",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("sealed_token", LargeBinary, nullable=False),
    Column("coach", Text, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("installer", Text, nullable=False),
    Column("since", Instant, nullable=False),
)

# Which organisation's installation speaks for a workspace that has none of its own.
organisations = Table(
    "organisations",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("organisation", Text, nullable=False, index=True),
)

consent_states = Table(
    "consent_states",
    metadata,
    Column("workspace", Text, primary_key=True),  # the platform alone: nobody is known yet
    Column("state_hash", Text, primary_key=True),
    Column("issued", Instant, nullable=False, index=True),
)
