"""留言: what readers tell a site (errors found, questions, suggestions, complaints), and how the desk answers in time."""
