"""Slack: payloads in, blocks out, installations, and what the coach starts by itself."""
