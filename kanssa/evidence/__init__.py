"""What happened, provable years later: one row a deed, written in the deed's transaction."""
