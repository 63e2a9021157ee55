"""Fills the demo with applications of people who do not exist, for measuring: seeded, by COPY."""
