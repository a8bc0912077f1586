"""Pulling (拉取): the keys of sub-offices, who their webmasters are, and the proof that they have taken what is offered."""
