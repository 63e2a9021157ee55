"""Measure each list, search, page and job on the database, and whether it grows with the tables."""
