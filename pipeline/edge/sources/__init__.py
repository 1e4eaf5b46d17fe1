"""The sources' own formats, read into reports."""
