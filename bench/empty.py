"""What a FastAPI route costs that does nothing: `uvicorn bench.empty:create_app --factory`."""

from fastapi import FastAPI


def create_app() -> FastAPI:
    app = FastAPI()

    @app.get("/nothing")
    async def nothing() -> dict[str, str]:
        return {}

    return app
