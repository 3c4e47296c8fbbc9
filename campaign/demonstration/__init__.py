"""The demonstration campaign: real prisoners with sourced facts, everything else invented and marked as such."""
