"""What each list, search, page and job reads from the database, and whether that grows with the tables."""
