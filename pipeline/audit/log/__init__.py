"""The log as the auditor reads it: committed records up to a cut, each entry with what belongs to it."""
