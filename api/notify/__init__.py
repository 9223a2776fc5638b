"""Receipts of GOV.UK Notify."""
