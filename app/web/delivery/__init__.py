"""Releases as instances are given them: the head, its body, and a stream that tells of the next."""
