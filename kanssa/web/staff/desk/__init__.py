"""The clerk's pages: search, cases, identification in person, serving."""
