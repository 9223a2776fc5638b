"""Parts of an answer that are asked of others."""
