"""Tables of how a person or a machine proves who it is: accounts, second factors, sessions, clients."""
