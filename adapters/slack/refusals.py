"""What an error code of Slack means for the send that met it.

Source: docs.slack.dev/reference/methods, the errors of chat.postMessage, chat.postEphemeral,
chat.update, conversations.open, .info, .members, .history, .replies, users.info and auth.test,
2026-11. A code in none of these tables refuses this one message and nothing else.
"""

# The channel can't be posted to, or the person not written to.
GONE = frozenset(
    {
        "cannot_dm_bot",
        "channel_is_archived",
        "channel_not_found",
        "is_archived",
        "not_a_member",
        "not_in_channel",
        "restricted_action_read_only_channel",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)

# The token, the app or the whole workspace; no channel is to blame.
DENIED = frozenset(
    {
        "access_denied",
        "accesslimited",
        "account_inactive",
        "deprecated_endpoint",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "method_deprecated",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "team_not_found",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)

# "It's possible some aspect of the operation succeeded before the error was raised."
PERHAPS_DONE = frozenset({"fatal_error", "internal_error", "request_timeout", "team_added_to_org"})
NOT_NOW = frozenset({"service_unavailable"})
SLOW_DOWN = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

# Statuses without a code come from whatever stands between Slack and us.
DENIED_STATUS = frozenset({401, 403, 404, 407})
NOT_NOW_STATUS = frozenset({503})
