"""What a moderator sees and by which rules: evidence, signs, groups, the watch list, agreement."""
