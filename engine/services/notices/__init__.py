"""Notices and letters: to whom they go, as they were sent, and whether they arrived."""
