"""What a model says of your pictures: ``python -m course_utils.predict my_model PICTURES...``."""

import sys

from course_utils.shipping.command import main

if __name__ == "__main__":
    sys.exit(main())
