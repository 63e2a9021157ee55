"""The connection to PostgreSQL: its time limits, and recovery when it is lost."""
