"""Everything that is made from code and rules is committed as it would be made now."""

import pytest

from deploy.generate import PARTS, ROOT, contents

FILES = dict(contents())


@pytest.mark.parametrize("name", FILES)
def test_a_generated_file_is_current(name):
    """Otherwise: `python -m deploy.generate`."""
    assert (ROOT / name).read_text("utf-8") == FILES[name], f"stale: {name}"


def test_each_part_makes_files_and_no_two_the_same():
    """A part that makes nothing, or what another makes too, would be lost in silence."""
    made = [[name for name, _ in part()] for part in PARTS]
    assert all(made)
    assert len([name for names in made for name in names]) == len(FILES)
