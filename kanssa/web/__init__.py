"""The pages for people: applicants and staff."""
