"""Measured claims, as ratios of one run: ours to a bare library, large to small, last to first."""
