"""Process instances: what is open in them, what happened, and what is done to them."""
