"""The statements of each list, search, page and job, and whether they grow with the tables."""
