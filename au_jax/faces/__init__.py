"""Video decoding, landmarks and alignment of faces."""
