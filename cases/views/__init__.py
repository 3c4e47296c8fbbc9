"""Pages about cases. `public` is for everybody, the rest is the case editors' desk."""
