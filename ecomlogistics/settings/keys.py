"""Keys of the embedded mode: made once, readable by the owner alone."""

import os
import secrets
from pathlib import Path


def kept_key(file: Path) -> str:
    """Return the key in the file, making it first if there is none. Two processes starting at once agree on one."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text()
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(48))
    return file.read_text()
