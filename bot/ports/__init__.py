"""The only doors out: what is kept (Store) and what the coach starts by itself (Chat)."""

from bot.ports.chat import Chat, Member, Posted, Profile
from bot.ports.store import Store

__all__ = ["Chat", "Member", "Posted", "Profile", "Store"]
