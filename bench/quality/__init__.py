"""How right the detection is, on data made anew by each run: ``python -m bench.quality TOPIC``."""
