"""What a plan says and must say: its sections by letter, what is missing, and how two versions differ.

Pure: nothing here knows of a database, a clock or a process.
"""
