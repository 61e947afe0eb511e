"""Who the bot is at Microsoft, and whose people it serves."""

from dataclasses import dataclass
from enum import StrEnum

from bot.settings import Settings

ANY_TENANT = "*"


class AppType(StrEnum):
    """The three kinds of bot registration in Azure."""

    SINGLE_TENANT = "SingleTenant"
    MULTI_TENANT = "MultiTenant"
    MANAGED_IDENTITY = "UserAssignedMSI"


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    app_id: str
    app_type: AppType = AppType.SINGLE_TENANT
    tenant: str = ""  # where the app is registered; needed for all but MultiTenant
    password: str = ""  # client secret; none with a managed identity
    allowed: frozenset[str] = frozenset()  # tenant ids; empty: `tenant` alone; `*`: every tenant

    def serves(self, tenant: str) -> bool:
        """Whether people of this tenant may talk to the coach."""
        if ANY_TENANT in self.allowed:
            return True
        return bool(tenant) and tenant in (self.allowed or {self.tenant})


def problems(registration: Registration) -> tuple[str, ...]:
    """What is missing or contradictory, each with what to do; empty when it can work."""
    found = []
    kind = registration.app_type
    if kind is not AppType.MANAGED_IDENTITY and not registration.password:
        found.append("COACH_TEAMS_APP_PASSWORD is empty: make a client secret for the app")
    if kind is not AppType.MULTI_TENANT and not registration.tenant:
        found.append(f"COACH_TEAMS_TENANT_ID is empty, and {kind} needs it")
    if kind is AppType.MULTI_TENANT and not (registration.allowed or registration.tenant):
        found.append("COACH_TEAMS_TENANTS is empty: name the tenants to serve, or * for every one")
    return tuple(found)


def registration(settings: Settings) -> Registration | None:
    """As the settings say; None if Teams is not to be served.

    Raises ValueError, one line a problem.
    """
    if not settings.teams_app_id:
        return None
    allowed = (one.strip() for one in settings.teams_tenants.split(","))
    made = Registration(
        app_id=settings.teams_app_id,
        app_type=AppType(settings.teams_app_type),
        tenant=settings.teams_tenant_id,
        password=settings.teams_app_password.get_secret_value(),
        allowed=frozenset(one for one in allowed if one),
    )
    found = problems(made)
    if found:
        raise ValueError("\n".join(found))
    return made
