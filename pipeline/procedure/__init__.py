"""The procedure for people to read: diagrams and tables made from the core's own tables. Nothing is decided here."""
