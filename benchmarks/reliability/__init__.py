"""Are digests posted exactly once, whatever dies? A chat API that remembers, and a chaos monkey."""
