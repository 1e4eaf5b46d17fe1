"""An address made even before names are looked for in it: one width and case, figures for Chinese numerals, no spaces and marks that mean nothing."""

import re
import unicodedata
from typing import Final

from pipeline.core.rules.address_key import figures_of

TEXT_MAX: Final = 2_000
_NOTHING: Final = re.compile(r"[\s\"'“”‘’【】\[\]<>《》*_`|]+")
_DASHES: Final = re.compile("[\u00ad\u2010-\u2015\u2212\ufe58\ufe63~\u301c\u2500]+")
_SPOKEN: Final = re.compile("[零〇一二两三四五六七八九十百千]+(?=[号弄院米栋幢座楼]|单元|甲|乙|丙)")
_SHARP: Final = re.compile(r"(?<=\d)#")


def even_address(text: str) -> str:
    """The address in the form in which names are looked for.

    >>> even_address("锦绣街 ２３号"), even_address("锦绣街二十三号"), even_address("锦绣街往北一百五十米")
    ('锦绣街23号', '锦绣街23号', '锦绣街往北150米')
    """
    even = _DASHES.sub("-", unicodedata.normalize("NFKC", text[:TEXT_MAX]).casefold())
    even = _SHARP.sub("号", _NOTHING.sub("", even))
    return _SPOKEN.sub(lambda found: figures_of(found.group()), even)


def even_name(name: str) -> str:
    """The name of a place in the same form."""
    return _NOTHING.sub("", unicodedata.normalize("NFKC", name).casefold())
