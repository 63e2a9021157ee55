"""Front page, instructions, contact, privacy, accessibility."""
