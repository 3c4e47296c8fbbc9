"""What stands in a statement: its versions, their digests and differences, and who may read them when."""
