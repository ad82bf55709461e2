"""Properties are about what comes out, not about how long a busy machine takes."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
