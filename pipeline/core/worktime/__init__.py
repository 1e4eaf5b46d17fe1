"""The arithmetic of office hours, workdays and limits. Knows no case."""
