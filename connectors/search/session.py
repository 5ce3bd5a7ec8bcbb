"""A connection to one Elasticsearch cluster, by the official client."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import elastic_transport
from elastic_transport import (
    ApiError,
    ConnectionTimeout,
    SerializationError,
    Serializer,
    TransportError,
)
from elasticsearch import Elasticsearch, UnsupportedProductError

from vestige.connectors.errors import Refused, StoreError, Unavailable
from vestige.connectors.protocol import StoreSettings
from vestige.connectors.search.answers import Document, documents

PAGE_BYTES = 2 << 20
"""What one page of documents should come to."""
_FIRST_PAGE, _LARGEST_PAGE = 64, 5000
_KEEP_ALIVE = "2m"
_RAW = {"accept": "application/json", "content-type": "application/json"}
_LINES = {"accept": "application/json", "content-type": "application/x-ndjson"}
_BUSY = (408, 429, 502, 503, 504)


class _Text(Serializer):
    """Every answer as its text: parsed, a number is not what it was."""

    mimetype = "application/json"

    def dumps(self, data: Any) -> bytes:
        return data if isinstance(data, bytes) else json.dumps(data).encode()

    def loads(self, data: bytes) -> str:
        return data.decode()


class Rights:
    """A user's privileges on indices, as the server lists them; None: it does not."""

    def __init__(self, listed: Sequence[Mapping[str, Any]] | None) -> None:
        self._listed = listed

    def hidden(self, index: str) -> str | None:
        """Why reading an index may not show all of it."""
        if self._listed is None:
            return "whether this user sees all documents and fields cannot be asked"
        own = [one for one in self._listed if any(fnmatchcase(index, name) for name in one["names"])]
        if own and all(one.get("query") or one.get("field_security") for one in own):
            return "this user's role shows a part of its documents or fields only"
        return None


class Session:
    """One cluster. Refused where the server is no Elasticsearch."""

    def __init__(self, settings: StoreSettings) -> None:
        self.store = settings.name
        url = urlsplit(settings.url)
        options = parse_qs(url.query)
        self.pattern = unquote(url.path.strip("/")) or "*"
        scheme = "https" if options.get("tls") == ["true"] else "http"
        access: dict[str, Any] = {"ca_certs": options["ca"][0]} if "ca" in options else {}
        if settings.password and url.username:
            access["basic_auth"] = (unquote(url.username), settings.password.value)
        elif settings.password:
            access["api_key"] = settings.password.value
        self._known = bool(access.keys() - {"ca_certs"})
        try:
            node = f"{scheme}://{url.hostname}:{url.port or 9200}"
            self.client = Elasticsearch(
                node, serializers={_Text.mimetype: _Text()}, request_timeout=60, max_retries=0, **access
            )
        except ValueError:
            raise Refused(
                settings.name, "", "the URL is not one of a cluster: elasticsearch://HOST:PORT"
            ) from None

    @contextmanager
    def errors(self, place: str) -> Iterator[None]:
        """The client's errors as ours. A server's reason may hold values: only its type, a code, is kept."""
        try:
            yield
        except UnsupportedProductError:
            raise Refused(self.store, place, "the server is not Elasticsearch") from None
        except ApiError as error:
            raise self._answered(place, error) from None
        except (
            elastic_transport.ConnectionError,
            ConnectionTimeout,
            SerializationError,
            ValueError,
        ) as error:
            raise Unavailable(self.store, place, f"no whole answer: {type(error).__name__}") from None
        except TransportError as error:
            raise Refused(self.store, place, type(error).__name__) from None

    def _answered(self, place: str, error: ApiError) -> StoreError:
        status = error.meta.status
        if status == 401:
            return Refused(self.store, place, "the server refuses these credentials")
        if status == 403:
            return Refused(self.store, place, "this user may not do this, or the index is blocked")
        if status in _BUSY:
            return Unavailable(self.store, place, f"the server is busy or lacks a shard (status {status})")
        code = re.search(r'"type" *: *"(\w+)"', str(error.body))
        return Refused(self.store, place, f"the server refuses: {code[1] if code else f'status {status}'}")

    def ask(self, place: str, call: Callable[..., Any], **arguments: Any) -> Any:
        """The parsed answer of one of the client's calls."""
        with self.errors(place):
            return json.loads(call(**arguments).body)

    def text(
        self, place: str, method: str, path: str, body: object, headers: Mapping[str, str] = _RAW
    ) -> str:
        """An answer as it came. ``body``: bytes as they shall be sent, or what shall be JSON."""
        with self.errors(place):
            answer = self.client.perform_request(method, path, headers=headers, body=body)
            return str(answer.body)

    def bulk(self, operations: Sequence[bytes]) -> list[int]:
        """The status of each operation. No ingest pipeline is passed: what is written is what is named."""
        answer = self.text("commit", "POST", "/_bulk?pipeline=_none", b"".join(operations), _LINES)
        with self.errors("commit"):
            return [int(one["status"]) for item in json.loads(answer)["items"] for one in item.values()]

    def put(self, index: str, key: str, text: str, condition: Mapping[str, Any]) -> int:
        """The status of one whole document's replacement, whose text may have line ends."""
        query = urlencode({"pipeline": "_none", **condition})
        path = f"/{quote(index, safe='')}/_doc/{quote(key, safe='')}?{query}"
        with self.errors("commit"):
            client = self.client.options(ignore_status=[400, 403, 404, 409, 429])
            return client.perform_request("PUT", path, headers=_RAW, body=text.encode()).meta.status

    def rights(self) -> Rights:
        """What this user may see. Nothing restricts who needs no password."""
        try:
            return Rights(self.ask("rights", self.client.security.get_user_privileges)["indices"])
        except Refused:
            return Rights(None if self._known else ())

    def refresh(self, index: str) -> None:
        """Make all that was written visible to searches."""
        self.ask(index, self.client.indices.refresh, index=index)

    def pages(
        self, index: str, query: Mapping[str, Any], shard: int | None = None
    ) -> Iterator[list[Document]]:
        """All documents that match now, from one point in time, about :data:`PAGE_BYTES` a page."""
        preference = {} if shard is None else {"preference": f"_shards:{shard}"}
        opening = self.client.open_point_in_time
        pit = self.ask(index, opening, index=index, keep_alive=_KEEP_ALIVE, **preference)["id"]
        size, after = _FIRST_PAGE, list[Any]()
        try:
            while page := self._page(index, query, pit, size, after):
                yield page
                after = page[-1].sort
                mean = sum(len(one.text or "") for one in page) // len(page) + 1
                size = max(1, min(_LARGEST_PAGE, PAGE_BYTES // mean))
        finally:
            with self.errors(index):
                self.client.options(ignore_status=404).close_point_in_time(id=pit)

    def _page(
        self, index: str, query: Mapping[str, Any], pit: str, size: int, after: Sequence[Any]
    ) -> list[Document]:
        """One page. A search that lost a shard or its time is no answer, however much it found."""
        asked = {
            "pit": {"id": pit, "keep_alive": _KEEP_ALIVE},
            "query": query,
            "size": size,
            "sort": ["_shard_doc"],
            "seq_no_primary_term": True,
            "track_total_hits": False,
        } | ({"search_after": after} if after else {})
        answer = self.text(index, "POST", "/_search?allow_partial_search_results=false", asked)
        with self.errors(index):
            head, found = documents(answer, "hits", "hits")
            page = list(found)
        if head["timed_out"] or head["_shards"]["failed"]:
            raise Unavailable(self.store, index, "the search did not reach all shards")
        return page

    def fetch(self, places: Sequence[tuple[str, str, str | None]]) -> list[Document]:
        """The documents with these (index, id, routing), as they are now, refreshed or not."""
        asked = [
            {"_index": index, "_id": key} | ({} if routing is None else {"routing": routing})
            for index, key, routing in places
        ]
        answer = self.text("read", "POST", "/_mget", {"docs": asked})
        with self.errors("read"):
            return list(documents(answer, "docs")[1])
