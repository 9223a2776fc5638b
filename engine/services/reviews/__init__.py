"""Reviews of plans: when they are due, who is invited, and what came of them."""
