"""python3 tools/ocppgen <command>"""

import sys

from main import main

sys.exit(main())
