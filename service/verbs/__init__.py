"""The verbs of the command line, by what they serve. Each module has ``register(app)``."""
