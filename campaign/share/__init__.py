"""What a supporter carries away: words, a picture, a poster, a code for a phone's camera."""
