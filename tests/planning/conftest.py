"""The tests of this room run on busy machines: how long one example takes is not what they judge."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
