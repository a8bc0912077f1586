"""The desk's pages of an official account: one module a tab."""
