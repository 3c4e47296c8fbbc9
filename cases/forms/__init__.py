"""What an editor types, cleaned."""
