"""The balance of labels as figures, tables and a page."""
