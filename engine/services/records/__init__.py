"""Records as a whole: how long they are kept, how they end, and how they leave the house."""
