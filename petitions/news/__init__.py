"""Who reads an update, in which mail, by which consent, and the way out."""
