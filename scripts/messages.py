"""Compile the translations: every locale/*/LC_MESSAGES/*.po to the .mo beside it. No gettext programs are needed."""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def main() -> None:
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        catalogue = polib.pofile(str(source))
        catalogue.save_as_mofile(str(source.with_suffix(".mo")))
        print(f"{source.relative_to(LOCALE)}: {len(catalogue.translated_entries())} of {len(catalogue)} messages")


if __name__ == "__main__":
    main()
