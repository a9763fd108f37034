"""Bodies that a route reads itself."""

from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json

from api.mistakes import mistakes_of
from api.problems import Refused
from domain.errors import BadInput

Model = TypeVar("Model", bound=BaseModel)


def json_of(body: bytes) -> Any:
    """Raises Refused."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Refused("bad-json", f"The body cannot be read as JSON: {error}.") from None


def read(model: type[Model], data: Any) -> Model:
    """Raises BadInput with everything that is wrong."""
    made: Model = read_as(TypeAdapter(model), data)
    return made


def read_as(adapter: TypeAdapter[Any], data: Any) -> Any:
    """Raises BadInput with everything that is wrong."""
    try:
        return adapter.validate_python(data)
    except ValidationError as wrong:
        raise BadInput(*mistakes_of(wrong.errors())) from None
