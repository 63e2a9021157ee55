"""A small OpenID provider where any person can be chosen; see `python -m rehearsal.broker --help`."""
