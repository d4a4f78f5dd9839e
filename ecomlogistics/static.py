"""Static files under hashed names, whose addresses are computed once a process."""

from functools import cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """A page of sixty orders names the icon sheet four hundred times; the manifest does not change while a process runs."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.url = cache(self.url)  # type: ignore[method-assign]
