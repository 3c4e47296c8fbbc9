"""The site's own pages: home, sharing, how the site works, health, and what went wrong."""
