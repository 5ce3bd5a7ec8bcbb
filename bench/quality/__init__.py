"""How right the detection is, on data that is made anew by each run: ``python -m bench.quality fields|spans``."""
