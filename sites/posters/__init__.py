"""Posters: an item on A4 for the notice board and the window, with the way back to its live version."""
