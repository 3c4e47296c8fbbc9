"""Pages of an account, and of those who check who somebody is."""
