"""Corrections of a case, each with its reason."""
