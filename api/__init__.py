"""The HTTP interface: parse, ask the engine, render."""
