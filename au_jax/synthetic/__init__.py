"""Built-in faces: action units as they rise and fall, and a renderer that shows them."""
