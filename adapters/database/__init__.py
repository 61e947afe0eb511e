"""What the coach keeps: SQLAlchemy Core on SQLite and PostgreSQL, all SQL in here."""
