"""People and organisations: accounts, and who belongs where in which role."""
