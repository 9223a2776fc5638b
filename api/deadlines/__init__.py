"""`/deadlines`: limits across cases."""
