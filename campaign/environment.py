"""Typed readers of the environment and of `.env`. A bad or missing value stops start-up and names itself."""

import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

ENVIRONMENT = env.str("COUNTERSIGN_ENV", "production")
if ENVIRONMENT not in {"development", "test", "production"}:
    raise ImproperlyConfigured("COUNTERSIGN_ENV must be development, test or production")
IS_PRODUCTION = ENVIRONMENT == "production"


def required(name: str, default: str) -> str:
    """The variable `name`; `default` holds outside production only."""
    value = env.str(name, "" if IS_PRODUCTION else default)
    if not value:
        raise ImproperlyConfigured(f"{name} is missing")
    return value


def required_secret(name: str) -> str:
    """The secret `name`; outside production a random one, so that no default can ever be guessed."""
    if not IS_PRODUCTION:
        return env.str(name, secrets.token_urlsafe(48))
    value = required(name, "")
    if len(value) < 32:
        raise ImproperlyConfigured(f"{name} is shorter than 32 characters")
    return value


def secret_file(name: str) -> str:
    """What is in the file that the variable `name` leads to; "" when it is not set."""
    path = env.str(name, "")
    if not path:
        return ""
    try:
        secret = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"{name} cannot be read: {error}") from error
    if not secret.strip():
        raise ImproperlyConfigured(f"{name} cannot be read: {path} is empty")
    return secret
