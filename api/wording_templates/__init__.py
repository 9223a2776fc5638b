"""The templates of letters and of messages, and what they say before anybody is written to."""
