"""An operator comes in: health, logs, checks."""
