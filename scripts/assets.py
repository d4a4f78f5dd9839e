"""Copy the front-end files the pages use from node_modules to static/vendor, with their licences.

Of Tabler's styles only the rules that our templates, scripts and forms name are kept: 15 KB gzipped of 79. A class new to
them is picked up by the next `make run`.
"""

import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

FILES = {
    "@tabler/core": ("dist/css/tabler.min.css",),
    "htmx.org": ("dist/htmx.min.js",),
    "idiomorph": ("dist/idiomorph-ext.min.js",),
    "signature_pad": ("dist/signature_pad.umd.min.js",),
    "@zxing/library": ("umd/index.min.js",),
}
NAMED_IN = ("templates/**/*.html", "static/js/*.js", "desk/**/*.py", "portal/**/*.py", "orders/*.py", "reports/**/*.py")
BUILT_FROM_LEVELS = ("alert-debug", "alert-info", "alert-success", "alert-warning", "alert-error", "alert-danger")
# Browsers would ask for maps that are not served, and the hashing storage refuses a reference to a missing file.
SOURCE_MAP = re.compile(r"(?m)^\s*(?://|/\*)[#@]\s*sourceMappingURL=.*$")
LICENCE = re.compile(r"(?i)^(licen[cs]e|copying|notice)(\.\w+)?$")


def copy(package: str, names: tuple[str, ...]) -> int:
    """Copy a package's listed files and licences; return how many bytes of files."""
    source = MODULES / package
    target = VENDOR / package.split("/")[0].lstrip("@").removesuffix(".org")
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        (target / Path(name).name).write_text(SOURCE_MAP.sub("", (source / name).read_text()))
    licences = [file for file in source.iterdir() if LICENCE.match(file.name)]
    for file in licences:
        shutil.copyfile(file, target / file.name)
    if not licences:
        shutil.copyfile(source / "package.json", target / "package.json")  # names the licence where no text is packed
    return sum((source / name).stat().st_size for name in names)


def purge(styles: Path) -> None:
    """Drop the rules that nothing names."""
    before = styles.stat().st_size
    program = [ROOT / ".venv/bin/node", MODULES / "purgecss/bin/purgecss.js"]
    options = ["--css", styles, "--content", *NAMED_IN, "--safelist", *BUILT_FROM_LEVELS, "--output", styles]
    subprocess.run([*program, *options], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    print(f"{styles.name}: {before // 1024} KB, {styles.stat().st_size // 1024} KB named by our pages")


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    total = sum(copy(package, names) for package, names in FILES.items())
    purge(VENDOR / "tabler" / "tabler.min.css")
    print(f"static/vendor: {total // 1024} KB from {len(FILES)} packages")


if __name__ == "__main__":
    main()
