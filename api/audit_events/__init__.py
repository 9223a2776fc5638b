"""The audit trail: found by what happened, and proved unbroken."""
