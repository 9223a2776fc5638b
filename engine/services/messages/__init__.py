"""The post room: what waits to be sent, how people want it, their inbox, and what didn't arrive."""
