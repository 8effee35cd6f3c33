"""The former name of `peerhub.people.http.person`; goes when mentoring imports that one."""

from peerhub.people.http import person as person_of

__all__ = ["person_of"]
