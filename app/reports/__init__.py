"""The answers, and the one wire format they are given in."""
