from dataclasses import dataclass

import segno


@dataclass(frozen=True, slots=True)
class VisitCode:
    """A code to say, type or scan at the desk; `plain` has no grouping."""

    plain: str

    @property
    def grouped(self) -> str:
        return f"{self.plain[:3]} {self.plain[3:]}"

    @property
    def picture(self) -> str:
        return segno.make(self.plain, micro=False).svg_data_uri(border=4, light="#fff", omitsize=True)
