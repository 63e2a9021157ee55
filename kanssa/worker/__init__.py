"""The clock comes in: the messages that wait, and timers."""
