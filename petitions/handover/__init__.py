"""The dossier of one version as it is handed over: text, count and names, as files that anybody can check.

A dossier is built in steps from rows (`steps`), each small enough to be done again when a worker dies: the counted
signatures are put in their order (`ordering`), written as lists (`lists`), set as PDF (`papers`), those who agreed are
encrypted to the addressee alone (`annex`), and a manifest names the SHA-256 of each file (`manifest`).
"""
