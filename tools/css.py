"""Build the one style sheet that pages load: `python tools/css.py build`, or `check`."""

import re
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "kanssa" / "web" / "static"
HDS = STATIC / "vendor" / "hds-core-5.2.2"
SOURCES = (HDS / "base.min.css", HDS / "button.min.css", STATIC / "own.css")
RESULT = STATIC / "kanssa.css"
NOTICE = (
    "/*! Made by tools/css.py. Holds hds-core 5.2.2, (c) City of Helsinki, MIT:"
    " vendor/hds-core-5.2.2/LICENSE */\n"
)

# A quoted string is matched whole, so that its contents stay unchanged.
TOKEN = re.compile(r'(?P<string>"[^"]*"|\'[^\']*\')|/\*.*?\*/|(?P<space>\s+)', re.DOTALL)
# Not around `+ - * /`, which need their spaces in calc(), nor before `:` and `(`.
AROUND = re.compile(r'("[^"]*"|\'[^\']*\')|\s*([{};,>])\s*|(:) ')


def minified(css: str) -> str:
    css = TOKEN.sub(lambda m: m["string"] or (" " if m["space"] else ""), css)
    css = AROUND.sub(lambda m: m[1] or m[2] or m[3], css)
    return css.replace(";}", "}").strip()


def style_sheet() -> str:
    return NOTICE + "\n".join(minified(path.read_text("utf-8")) for path in SOURCES) + "\n"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["build"]:
            RESULT.write_text(style_sheet(), "utf-8")
            return 0
        case ["check"]:
            if RESULT.exists() and RESULT.read_text("utf-8") == style_sheet():
                return 0
            sys.stderr.write("kanssa.css is stale: run python tools/css.py build\n")
            return 1
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
