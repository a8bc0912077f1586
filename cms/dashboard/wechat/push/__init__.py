"""The pages of pushes (群发) at the desk: what they show, and their forms."""
