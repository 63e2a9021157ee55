"""Applications, their versions and their confirmations."""
