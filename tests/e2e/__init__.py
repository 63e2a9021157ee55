"""Journeys in a browser, over the whole service as `make run` starts it."""
