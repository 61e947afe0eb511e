"""Who somebody is on Slack: name, zone, language, standing; remembered for an hour."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.api import read
from adapters.slack.workspaces import Workspaces
from bot.messages import Person, Standing
from bot.ports.chat import Profile

LIFETIME = timedelta(hours=1)
MOST_CACHED = 20_000


class People:
    """Profiles, asked of Slack once an hour at most; `forget` when Slack says that one changed."""

    def __init__(self, workspaces: Workspaces, clock: Callable[[], datetime]) -> None:
        self._workspaces = workspaces
        self._clock = clock
        self._cached: dict[Person, tuple[Profile, datetime]] = {}

    async def profile(self, person: Person, enterprise: str | None = None) -> Profile:
        """Raises a ChatError."""
        found = self._cached.get(person)
        if found and found[1] > self._clock():
            return found[0]
        client = await self._workspaces.client(person.workspace, enterprise)
        data = await read(client.users_info(user=person.id, include_locale=True))
        profile = profile_of(person, data["user"])
        if len(self._cached) >= MOST_CACHED:
            self._cached.clear()
        self._cached[person] = (profile, self._clock() + LIFETIME)
        return profile

    def forget(self, person: Person) -> None:
        self._cached.pop(person, None)


def profile_of(person: Person, user: dict[str, Any]) -> Profile:
    """A `user` object of Slack. Source: docs.slack.dev, user type."""
    shown = user.get("profile") or {}
    name = shown.get("display_name") or user.get("real_name") or user.get("name") or person.id
    of_another = user.get("is_stranger") is True or _elsewhere(user, person.workspace.id)
    return Profile(
        person=person,
        name=str(name),
        zone=user.get("tz") or None,
        locale=user.get("locale") or None,
        standing=Standing(
            admin=user.get("is_admin") is True or user.get("is_owner") is True,
            guest=user.get("is_restricted") is True or user.get("is_ultra_restricted") is True,
            external=of_another,
        ),
        # Who left the workspace is as little to be asked as a bot.
        bot=user.get("is_bot") is True or person.id == "USLACKBOT" or user.get("deleted") is True,
    )


def _elsewhere(user: dict[str, Any], team: str) -> bool:
    """In an organisation a person belongs to several teams."""
    grid = user.get("enterprise_user") or {}
    teams = {user.get("team_id"), grid.get("enterprise_id"), *(grid.get("teams") or ())}
    return user.get("team_id") is not None and team not in teams
