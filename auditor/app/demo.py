"""``auditor demo``: the whole main job on the bundled sample province."""

from dataclasses import dataclass
from pathlib import Path

from auditor.app.alerting import after_run, write_letters
from auditor.app.declaring import import_file
from auditor.app.parts import Parts, shipped_config
from auditor.app.visiting import Ran, Told, run
from auditor.clock import SystemClock
from auditor.sample.province import province
from auditor.sample.truth import differences, load_truth

__all__ = ["Demo", "demo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the demonstration did: the run, how many values were declared, where the truth table disagrees, and the letters.

    One night believes only what was confirmed while it lasted (an outage, a certificate's end, a refusal): no other is told.
    """

    ran: Ran
    declared: int
    differences: tuple[str, ...]
    letters: tuple[Path, ...]


def demo(data: Path, told: Told) -> Demo:
    """Start the province, import its declarations, make a night's run over it, and compare with its truth table."""
    clock = SystemClock()
    with province(data, shipped=shipped_config(), today=clock.now()) as running:
        parts = Parts(config=running.config, data=data, clock=clock)
        form = running.declarations(parts.edition(), parts.registry, parts.catalogue.measures)
        declared = import_file(parts, form, edition=None, by="tỉnh mẫu").declarations
        ran = run(parts, groups=(), agencies=(), told=told)
        found = differences(load_truth(), ran.source.readings, parts.registry)
        with parts.store() as store:
            letters = write_letters(data, after_run(parts, store, ran))
    return Demo(ran=ran, declared=len(declared), differences=tuple(found), letters=letters)
