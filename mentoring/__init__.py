"""Who knows what, and who helps with it: the tree of competences, what each person declares, and the directory of a
network. Nouns: Competence, DeclaredCompetence, DirectoryEntry. Verbs: declare, withdraw, search."""
