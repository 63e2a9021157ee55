"""The journey under load, beside the least that it could cost: `python -m bench`."""
