"""Who calls plan and deliver: a task in this process, or a queue on PostgreSQL."""
