"""What a browser shows of the sandbox: articles, received items, an account's back office and a follower's phone."""
