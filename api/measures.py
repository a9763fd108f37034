"""What Prometheus is told about requests and about the state of the platform."""

from collections import Counter as Tally

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Measures:
    """One registry for each application, so that several may live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ["route", "method", "status"]
        self._requests = Counter("echeance_requests", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram(
            "echeance_request_seconds", "Time to the whole answer.", labels[:2], buckets=BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self._owed = self._gauge("echeance_outbox_owed", "Starts and rings not delivered yet.")
        self._lag = self._gauge("echeance_outbox_lag_seconds", "Age of the oldest of them.")
        self._cases = self._gauge("echeance_open_cases", "Open cases.", "process", "stage")
        self._messages = self._gauge("echeance_messages", "Messages.", "channel", "state")

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        return Gauge(name, says, labels, registry=self.registry)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """A label is kept for ever: whoever invents methods gets no label each."""
        method = method if method in METHODS else "other"
        self._requests.labels(route, method, status).inc()
        self._seconds.labels(route, method).observe(seconds)

    def text(
        self, owed: int, lag: float, cases: Tally[tuple[str, str]], messages: Tally[tuple[str, str]]
    ) -> bytes:
        """Prometheus' text format, with the state of this moment."""
        self._owed.set(owed)
        self._lag.set(lag)
        for gauge, counted in ((self._cases, cases), (self._messages, messages)):
            gauge.clear()
            for pair, count in counted.items():
                gauge.labels(*pair).set(count)
        return generate_latest(self.registry)
