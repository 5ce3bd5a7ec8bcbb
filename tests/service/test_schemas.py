from pathlib import Path

import jsonschema
import pytest
import yaml

from vestige.service.schemas import schemas, text

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema"


def test_the_published_schemas_are_those_of_the_code():
    assert {path.name: path.read_text(encoding="utf-8") for path in PUBLISHED.glob("*.json")} == {
        name: text(schema) for name, schema in schemas().items()
    }


@pytest.mark.parametrize("schema", schemas().values(), ids=schemas())
def test_each_is_a_schema(schema):
    jsonschema.validators.validator_for(schema).check_schema(schema)


CONFIG = """
version: 1
ledger: sqlite:///ledger.db
stores:
  shop: {url: "postgresql://vestige@127.0.0.1:5432/shop", password: "env:SHOP_PASSWORD"}
  files: file:///srv/exports
"""


def test_editors_accept_what_vestige_accepts():
    jsonschema.validate(yaml.safe_load(CONFIG), schemas()["config.json"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"stores": {"shop": {"uri": "sqlite:///x"}}}, schemas()["config.json"])
