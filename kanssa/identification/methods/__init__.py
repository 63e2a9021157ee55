"""The identification methods; settings decide which are used."""
