"""The audit trail: written, searched, proved, and told in plain words."""
