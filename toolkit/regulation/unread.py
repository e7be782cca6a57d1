"""Files that could not be read: what may stand in them must not be said to be missing."""

from __future__ import annotations

from functools import cache

from toolkit.model.dossier import Status
from toolkit.model.projects import fold_project
from toolkit.model.text import fold

from .department import Department

_NOT_READ = (Status.UNREADABLE, Status.UNRECOGNISED, Status.CONFLICT)


class UnreadForms:
    """Unread files that may be forms of one of the kinds that `words` of their paths tell."""

    def __init__(self, dept: Department, *words: str) -> None:
        self._projects = dept.projects
        self._names = [
            fold(source.path.rsplit("/", 1)[-1])
            for source in dept.dossier.sources
            if source.status in _NOT_READ and any(fold(word) in fold(source.path) for word in words)
        ]
        self.may_hold_form_of = cache(self._may_hold_form_of)

    def _may_hold_form_of(self, project: str) -> bool:
        """Whether a file bears the project's number or name, or those of no project at all."""
        return any(
            any(known in name for known in self._known(project)) or not self._of_another(name)
            for name in self._names
        )

    def _known(self, project: str) -> set[str]:
        both = {self._projects.numbers.get(project, ""), self._projects.titles.get(project, "")}
        return {fold_project(name) for name in both if len(name) > 1}

    def _of_another(self, name: str) -> bool:
        keys = {*self._projects.numbers, *self._projects.titles}
        return any(known in name for key in keys for known in self._known(key))
