"""The four boards, each a list of sections."""
