"""The public log of who entered the count and left it: leaves without names, their tree, the daily signed checkpoint.

docs/receipts.md describes every byte. `verify.py` checks them on any machine and imports nothing from here.
"""
