"""Where the rules put what they find."""


class Report:
    """The findings about one file. Errors fail the run, warnings are told."""

    def __init__(self, path):
        self.path = path
        self.errors = []
        self.warnings = []

    def error(self, line, message):
        self.errors.append((line or 0, message))

    def warning(self, line, message):
        self.warnings.append((line or 0, message))

    def lines(self):
        found = [(line, "error", text) for line, text in self.errors]
        found += [(line, "warning", text) for line, text in self.warnings]
        return [f"{self.path}:{line}: {kind}: {text}" for line, kind, text in sorted(found)]
