"""Routes that solvers met on their way, for who puts the best of them together."""

from collections.abc import Iterator

from domain.maintenance.planning.model import Plan, Route


class RoutePool:
    """Each route once. Beyond ``most``, those that no solver has met for the longest time go."""

    def __init__(self, most: int = 50_000) -> None:
        self._most = most
        self._met: dict[Route, None] = {}

    def add(self, route: Route) -> None:
        if not route.visits:
            return
        self._met.pop(route, None)
        self._met[route] = None
        if len(self._met) > self._most:
            del self._met[next(iter(self._met))]

    def add_plan(self, plan: Plan) -> None:
        for route in plan.routes:
            self.add(route)

    def __iter__(self) -> Iterator[Route]:
        """The latest met last."""
        return iter(tuple(self._met))

    def __len__(self) -> int:
        return len(self._met)

    def __contains__(self, route: Route) -> bool:
        return route in self._met

    def clear(self) -> None:
        self._met.clear()
