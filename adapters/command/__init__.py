"""The `maturity-coach` command: one module a sub-command, heavy imports only where used."""
