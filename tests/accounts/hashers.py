from typing import Any, ClassVar

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 at the least cost, which counts how often it worked."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
    hashed: ClassVar[int] = 0

    def encode(self, *args: Any, **kwargs: Any) -> str:
        type(self).hashed += 1
        return super().encode(*args, **kwargs)
