"""The connection to PostgreSQL: how long we wait for it, and what we know when it goes away."""
