"""The statement desk: what waits for whom, writing a draft, the steps to the public and back."""
