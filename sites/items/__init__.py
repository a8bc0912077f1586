"""Pages of items: what an item says, where it stands, what goes with it, and what is left of one that was taken back."""
