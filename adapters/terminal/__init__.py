"""The terminal as a chat platform: for newcomers, for scripts, and for transcripts."""
