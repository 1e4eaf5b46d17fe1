"""The report on paper, as a browser prints it: the PDF of a headless Chromium."""

import re
import subprocess
from pathlib import Path
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from pipeline.monthly.report_files import PAGE
from tests.deploy.tools import SECONDS_MAX, tool
from tests.monthly.made import two_parts, written

INTRODUCES = re.compile(r'<(h2|h3|p class="note"|thead)>(.*?)</(?:h2|h3|p|thead)>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")
RADICALS = str.maketrans("⻚⻓⻔⻋⻅⻛", "页长门车见风")
NUMBER = re.compile(r"第\d+页,共\d+页")


def printed(html: bytes, folder: Path) -> list[str]:
    """The text of each page, without blanks; a browser's own head and foot are off."""
    (folder / "page.html").write_bytes(html)
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    command = [tool("chromium"), *options, f"--user-data-dir={folder}/profile"]
    made = [f"--print-to-pdf={folder}/page.pdf", (folder / "page.html").as_uri()]
    subprocess.run([*command, *made], capture_output=True, check=True, timeout=SECONDS_MAX)
    return [plain(page.extract_text()) for page in PdfReader(folder / "page.pdf").pages]


def plain(text: str) -> str:
    """As letters are compared: a PDF has ligatures, and radicals that look the same, in place of some."""
    return re.sub(r"\s", "", normalize("NFKC", text).translate(RADICALS))


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A report of some pages."""
    return written(two_parts(), tmp_path_factory.mktemp("report"))[PAGE]


def test_each_page_has_its_number_and_the_last_is_signed(html, tmp_path):
    """Which page it is, of how many; who prepared, reviewed and issued it, with a date each."""
    pages = printed(html, tmp_path)
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert NUMBER.findall(page) == [f"第{number}页,共{len(pages)}页"]
    last = pages[-1]
    assert [
        last.count(word) for word in ("制表preparedby", "审核reviewedby", "签发issuedby", "日期date")
    ] == [1, 1, 1, 3]


@pytest.mark.parametrize("above_px", [0, 90, 180, 270])
def test_no_page_ends_with_a_heading_whose_table_is_on_the_next(html, tmp_path, above_px):
    """Wherever the pages break: a heading, a note and a table's head stay with the first row."""
    lower = html.replace(b"<body>", f'<body><div style="height:{above_px}px"></div>'.encode())
    found = INTRODUCES.findall(html.decode())
    introductions = {plain(TAG.sub("", text)) for _, text in found}
    assert {kind for kind, _ in found} == {"h2", "h3", 'p class="note"', "thead"}
    for page in printed(lower, tmp_path):
        text = NUMBER.sub("", page)
        assert not [words for words in introductions if text.endswith(words)]
