"""The web server: health, metrics, and the addresses that the platforms call."""
