"""Run lessons as batch jobs: ``python -m course_utils.batch --help`` tells the options."""

import signal
import sys

if __name__ == "__main__":
    from course_utils.runs.stopping import INTERRUPTED, stoppable

    try:
        with stoppable():
            from course_utils.runs.command import main  # takes seconds; workers do without it

            sys.exit(main())
    except KeyboardInterrupt:
        print("Stopped.")
        sys.exit(INTERRUPTED)
elif __name__ == "__mp_main__":
    # A worker of a cluster that this command started, which ends it. Ctrl-C in a terminal comes to
    # both, and must not end a worker in the middle of what it says.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):  # it was blocked until now; kernels are to hear it
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
