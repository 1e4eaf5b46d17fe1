"""The report's page: sections, tables and drawings, from what was counted."""
