"""The characters that no feed may carry."""

from __future__ import annotations

import re

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 forbids (section 2.2) and, of what it discourages, DEL and the C1 controls: in a newsroom's text these
are always a wrong decoding. Line ends are no fault.
"""
