"""Slack's settings as one thing: what is set, what is missing."""

from adapters.slack.mount import Access
from bot.settings import Settings


def access(settings: Settings) -> Access | None:
    """None if Slack is not to be served. Raises ValueError naming everything that is missing."""
    made = Access(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        public_url=settings.public_url,
        api=settings.slack_api_url,
    )
    keys = (made.bot_token, made.app_token, made.signing_secret, made.client_id, made.client_secret)
    if not any(keys):
        return None
    problems = made.problems()
    if problems:
        raise ValueError("\n".join(f"Slack needs {problem}" for problem in problems))
    return made
