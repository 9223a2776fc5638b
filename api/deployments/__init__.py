"""Deployments: looked at first, then done, and what was deployed before."""
