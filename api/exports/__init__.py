"""Exports: what leaves."""
