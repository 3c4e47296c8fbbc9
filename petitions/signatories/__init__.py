"""Who signed: mailboxes, badges, the public list, names withheld and one's own data."""
