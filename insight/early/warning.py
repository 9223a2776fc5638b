"""Who is warned of a limit before the ladder tells of it, and when."""

from __future__ import annotations

#: The likelihood from which somebody is warned: it is more likely to be missed than not.
WARNS_AT = 0.5
#: Days before the last day after which a warning would come too late to act on: the ladder tells by then.
SHORTEST_NOTICE = 3
