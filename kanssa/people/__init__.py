"""A person: a random id, a sealed identity code, and a keyed look-up."""
