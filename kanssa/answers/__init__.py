"""The form's answer lists: data files in three languages, and their loader. Pure."""
