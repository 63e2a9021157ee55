"""The background worker: waiting messages and timers."""
