"""What people type about themselves and about others, cleaned."""
