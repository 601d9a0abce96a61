"""What a model says of pictures or texts: ``python -m course_utils.predict my_model WHAT...``."""

import sys

from course_utils.shipping.command import main

if __name__ == "__main__":
    sys.exit(main())
