"""The answers that the form offers: data files in three languages and their tiny loader. Pure."""
