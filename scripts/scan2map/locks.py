"""Hold a file as long as this process lives; standard library only."""

import errno
import fcntl


def hold(file):
    """Try to hold an open file against all other processes.

    The system lets go of it when the process ends, however it ends.

    Parameters
    ----------
    file : file object
        Kept open for as long as it is to be held.

    Returns
    -------
    bool
        False where another process holds it. True also on file systems that know no
        locks: there nobody can be told.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
            raise
    return True
