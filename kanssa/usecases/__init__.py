"""The use cases: one action per file; the folder's listing is the table of contents."""
