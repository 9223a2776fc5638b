"""Who may see what: least sight, consents, restrictions, agreements, and who has looked."""
