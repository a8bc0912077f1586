"""The platform's calls: transport, tokens, budgets, error codes, and one module for each family of endpoints."""
