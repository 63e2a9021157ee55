"""Pages for staff. They neither link to applicants' pages nor are linked from them."""
