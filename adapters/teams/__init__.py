"""Microsoft Teams: the same coach in chats, channels and the compose box."""
