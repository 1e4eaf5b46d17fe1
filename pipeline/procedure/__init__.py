"""The procedure as people read it: diagrams and tables, made of the tables that decide. Nothing is decided or kept here."""
