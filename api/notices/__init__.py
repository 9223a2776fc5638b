"""The notices of a case and the delivery of their copies."""
