"""Incidents: steps that could not be carried out."""
