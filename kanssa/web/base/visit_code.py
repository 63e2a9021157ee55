"""The visit code as pages and paper show it."""

from dataclasses import dataclass

import segno


@dataclass(frozen=True, slots=True)
class VisitCode:
    """A code to say, type or scan at the desk; `plain` has no group."""

    plain: str

    @property
    def grouped(self) -> str:
        """In two groups, to be read aloud."""
        return f"{self.plain[:3]} {self.plain[3:]}"

    @property
    def picture(self) -> str:
        """A QR code of it, as an address that holds the whole picture."""
        return segno.make(self.plain, micro=False).svg_data_uri(border=4, light="#fff", omitsize=True)
