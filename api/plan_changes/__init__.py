"""What people set going on a plan: amendments, its end, moves between phases, appeals."""
