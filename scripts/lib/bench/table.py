"""The printed table."""


class Table:
    """Rows are printed as they come."""

    def __init__(self):
        self.over = 0
        self.rows = 0

    def row(self, name, result, unit, limit=None, before="", note=""):
        """One result; `before` is what the older system needed."""
        if self.rows == 0:
            self._line("MEASURE", "RESULT", "LIMIT", "BEFORE", "", "")
        self.rows += 1
        verdict = ""
        if limit is not None:
            verdict = "ok" if result <= limit else "OVER"
            self.over += result > limit
        self._line(
            name,
            f"{result:.3g} {unit}" if result < 100 else f"{result:.0f} {unit}",
            "" if limit is None else f"{limit:g} {unit}",
            before,
            verdict,
            note,
        )

    def finish(self):
        """The last line."""
        print(f"{self.over} over the limit." if self.over else "Everything is within its limit.")

    @staticmethod
    def _line(name, result, limit, before, verdict, note):
        print(f"{name:<46} {result:>10} {limit:>9} {before:>9}  {verdict:<5} {note}".rstrip(), flush=True)
