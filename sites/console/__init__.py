"""The webmaster's console (站长控制台) at /console/: what his site holds, his keys, feeds, pushes and logs."""
