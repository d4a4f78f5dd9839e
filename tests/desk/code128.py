"""A small reader of Code 128 bars drawn as SVG, written from the symbology's own table; knows nothing of what drew them."""

import re
from itertools import groupby

TABLE = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222
123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321
232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121
313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224
111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111
111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113
114311 411113 411311 113141 114131 311141 411131 211412 211214 211232
"""
WIDTHS = TABLE.split()
STOP = "2331112"
TO_C, TO_B, START_B, START_C = 99, 100, 104, 105
BAR = re.compile(r"M(\d+) 0h(\d+)v")


def read(svg: str) -> str:
    """Return the text of the bars; raises AssertionError when quiet zone, stop or check symbol are not right."""
    size = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])
    dark = {x for start, width in BAR.findall(svg) for x in range(int(start), int(start) + int(width))}
    assert min(dark) >= 10
    assert size - 1 - max(dark) >= 10
    row = [x in dark for x in range(min(dark), max(dark) + 1)]
    runs = "".join(str(len(list(group))) for _colour, group in groupby(row))
    assert runs.endswith(STOP)
    body = runs[: -len(STOP)]
    symbols = [WIDTHS.index(body[i : i + 6]) for i in range(0, len(body), 6)]
    *data, check = symbols
    assert check == (data[0] + sum(i * value for i, value in enumerate(data[1:], start=1))) % 103
    return _text(data)


def _text(symbols: list[int]) -> str:
    code, text = symbols[0], ""
    assert code in (START_B, START_C)
    for value in symbols[1:]:
        if value == TO_C:
            code = START_C
        elif value == TO_B:
            code = START_B
        else:
            text += f"{value:02d}" if code == START_C else chr(value + 32)
    return text
