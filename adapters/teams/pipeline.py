"""The SDK's turn pipeline, fed with requests that are admitted already.

Nothing of it opens a connection: we send with our own sender. It has known defects that nobody
mends any more, and this is all of it that a request runs through; docs/decisions has the reasons.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from botbuilder.core import CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes, ChannelAccount, ConversationAccount
from botframework.connector.auth import (
    AuthenticateRequestResult,
    BotFrameworkAuthentication,
    ClaimsIdentity,
)

Body = dict[str, Any]


class Pipeline(CloudAdapterBase):  # type: ignore[misc]  # the SDK has no types
    """Runs one turn; middleware of the SDK can be added with `use`."""

    def __init__(self, app_id: str) -> None:
        super().__init__(_Admitted())
        self._app_id = app_id

    async def run(
        self, payload: Mapping[str, Any], turn: Callable[[], Awaitable[Body | None]]
    ) -> Body | None:
        """What the invoke is answered with; None for everything that isn't one."""

        async def logic(context: TurnContext) -> None:
            body = await turn()
            if body is not None:
                answer = Activity(
                    type=ActivityTypes.invoke_response, value=InvokeResponse(status=200, body=body)
                )
                context.turn_state[self._INVOKE_RESPONSE_KEY] = answer

        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity({"aud": self._app_id}, True)
        result.connector_factory = _NoConnections()
        answer = await self.process_activity(result, _activity(payload), logic)
        return None if answer is None else answer.body


def _activity(payload: Mapping[str, Any]) -> Activity:
    """The fields that the pipeline looks at; reading all of them costs it more than we do."""
    conversation = payload["conversation"]
    return Activity(
        type=payload["type"],
        id=payload["id"],
        name=payload.get("name"),
        channel_id=payload["channelId"],
        service_url=payload["serviceUrl"],
        from_property=ChannelAccount(id=payload["from"]["id"]),
        recipient=ChannelAccount(id=payload["recipient"]["id"]),
        conversation=ConversationAccount(id=conversation["id"]),
    )


class _NoConnections:
    """Stands where the SDK would make a client of its own."""

    async def create(self, service_url: str, audience: str) -> "_NoConnections":
        return self


class _Admitted(BotFrameworkAuthentication):  # type: ignore[misc]  # the SDK has no types
    """Requests come here after our own gate; the SDK's checks are never asked."""

    async def authenticate_request(self, activity: Activity, auth_header: str) -> None:
        raise PermissionError

    async def authenticate_streaming_request(self, auth_header: str, channel_id: str) -> None:
        raise PermissionError

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> _NoConnections:
        return _NoConnections()

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        return None
