"""Settings as the national register has them."""
