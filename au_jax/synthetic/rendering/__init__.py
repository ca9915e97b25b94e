"""From a subject, a recording's light and a frame to a picture."""
