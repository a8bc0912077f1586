"""Ratios of two things measured side by side in one run. `make bench` runs them all; docs/performance.md reads them."""
