"""The one exception that stands for a mistake the user can mend."""


class InputError(Exception):
    """Something given by the user (a file, a flag, a folder) cannot be used.

    The message names the value, says what was allowed and what to do. Commands print it as one
    line without a traceback.
    """
