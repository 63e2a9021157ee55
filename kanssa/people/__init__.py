"""A person: a random id, an encrypted identity code, a keyed look-up."""
