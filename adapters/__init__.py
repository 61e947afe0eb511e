"""How the world reaches the coach: one package a platform, the database, the jobs, the web."""
