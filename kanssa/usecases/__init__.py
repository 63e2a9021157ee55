"""What the service does: one deed a file; the folder's listing is the table of contents."""
