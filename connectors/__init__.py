"""Stores. The folder is the registry: ``scheme://`` is served by ``vestige.connectors.<scheme>``."""

from importlib import import_module

from vestige.connectors.errors import Refused
from vestige.connectors.pace import Paced
from vestige.connectors.protocol import Connector, StoreSettings


def open_store(settings: StoreSettings, *, writable: bool = False) -> Connector:
    """Open a store by its URL's scheme; read-only unless ``writable``.

    Raises Refused for an unknown scheme, a missing file or wrong credentials; Unavailable if the store does
    not answer.
    """
    scheme = settings.scheme
    name = f"vestige.connectors.{scheme}"
    unknown = Refused(settings.name, "", f"no connector for {scheme}://")
    if not scheme.isidentifier():
        raise unknown
    try:
        module = import_module(name)
        if not hasattr(module, "open"):  # a module of this folder that serves no scheme
            raise unknown
        connector: Connector = module.open(settings, writable=writable)
    except ModuleNotFoundError as error:
        if error.name == name:
            raise unknown from error
        raise Refused(
            settings.name, "", f"the driver {error.name} is missing: pip install 'vestige[{scheme}]'"
        ) from error
    pace = settings.options.get("pace")
    return connector if pace is None else Paced(connector, pace)
