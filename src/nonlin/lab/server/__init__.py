"""The server of `nonlin lab`: for one person, on one machine."""
