"""What the coach does: one module a feature, no platform, no SQL, no environment, no wall clock."""
