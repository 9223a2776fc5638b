"""The named officers of cases, and who covers for them."""
