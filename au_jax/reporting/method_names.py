"""What tables and figures call a method."""

_WORDS = {
    **{word: word.upper() for word in ("svm", "cpm", "jpml", "cnn", "lstm", "pca", "momu")},
}


def method_title(name: str) -> str:
    """Return the name of a method as people write it, such as `CNN MOMU` for `cnn_momu`."""
    if name == "anet_t":
        return "ANet^T"
    return " ".join(_WORDS.get(word, word) for word in name.split("_"))
