"""Do the tokens work, and may they do what the manifest asks for? For `maturity-coach doctor`."""

from collections.abc import AsyncIterator

import aiohttp

from adapters.slack.api import chat_error, client
from adapters.slack.manifest import OPTIONAL_SCOPES, SCOPES
from adapters.slack.mount import Access
from bot.errors import ChatError

Said = tuple[bool, str, str]  # fine, what was found, what to do


async def examined(access: Access, session: aiohttp.ClientSession) -> AsyncIterator[Said]:
    """One line for each token that is set."""
    if access.bot_token:
        async for said in _bot(access, session):
            yield said
    else:
        yield True, f"Installed at {access.public_url}/slack/install.", ""
    if access.app_token:
        yield await _socket(access, session)


async def _bot(access: Access, session: aiohttp.ClientSession) -> AsyncIterator[Said]:
    try:
        response = await client(access.bot_token, session, base=access.api).auth_test()
    except Exception as error:  # noqa: BLE001  whatever goes wrong is the finding
        yield False, f"The bot token doesn't work ({chat_error(error).reason}).", "Copy it anew."
        return
    yield True, f"The bot token works in {response.get('team')}.", ""
    granted = set(str(response.headers.get("x-oauth-scopes", "")).split(",")) - {""}
    missing = [scope for scope in SCOPES if granted and scope not in granted]
    if missing:
        do = "Update the app with the current manifest and install it again."
        yield False, f"The bot token lacks {', '.join(missing)}.", do
    declined = [scope for scope in OPTIONAL_SCOPES if granted and scope not in granted]
    if declined:
        yield True, f"Declined, which is fine: {', '.join(declined)}.", ""


async def _socket(access: Access, session: aiohttp.ClientSession) -> Said:
    caller = client(access.app_token, session, base=access.api)
    try:
        await caller.apps_connections_open(app_token=access.app_token)
    except Exception as error:  # noqa: BLE001  whatever goes wrong is the finding
        reason = (error if isinstance(error, ChatError) else chat_error(error)).reason
        do = "Make an app-level token with the scope connections:write."
        return False, f"The app-level token doesn't work ({reason}).", do
    return True, "The app-level token works.", ""
