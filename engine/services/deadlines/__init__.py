"""The limits that the law opens: their days, what lifts or moves them, and how many were kept."""
