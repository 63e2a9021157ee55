"""The service desk's address, opening hours and notices."""
