"""Figures and tables of the report: matplotlib without a screen, no state shared."""
