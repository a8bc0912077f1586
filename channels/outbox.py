"""Desire: what should be at each outlet. The only writer of Placement.desired and generation.

Everything here runs inside the caller's transaction and costs a fixed number of statements whatever the number of
outlets; one wake-up leaves after commit.
"""
