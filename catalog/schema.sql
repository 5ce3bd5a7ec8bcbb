-- The catalog: one immutable DuckDB file, replaced as a whole. No readable personal value lies in it:
-- identifiers are keyed hashes (128 bits, kept as UUID), object names are masked or hashed.

CREATE TABLE meta (schema_version INTEGER NOT NULL, key_id VARCHAR NOT NULL);

-- At most one row: the scan this file was made by. None: only reviews were entered so far.
CREATE TABLE scan (
    id VARCHAR NOT NULL, started VARCHAR NOT NULL, finished VARCHAR NOT NULL,
    mode VARCHAR NOT NULL, rule_version VARCHAR NOT NULL, key_id VARCHAR NOT NULL,
    regions VARCHAR[] NOT NULL
);

-- What the stores described. body: the Collection as JSON.
CREATE TABLE collections (store VARCHAR NOT NULL, collection VARCHAR NOT NULL, body VARCHAR NOT NULL);

-- Databases, schemas, replicas that a store shows but that were not configured.
CREATE TABLE neighbours (store VARCHAR NOT NULL, name VARCHAR NOT NULL);

-- One row a partition. object_id: keyed hash of the object's name, NULL for a table.
CREATE TABLE coverage (
    store VARCHAR NOT NULL, collection VARCHAR NOT NULL, label VARCHAR NOT NULL, object_id VARCHAR,
    status VARCHAR NOT NULL, reason VARCHAR, records BIGINT, version VARCHAR, size BIGINT
);

-- What the crawl learnt of a field in one partition; opaque here (scanners.profile).
CREATE TABLE profiles (
    store VARCHAR NOT NULL, collection VARCHAR NOT NULL, object_id VARCHAR,
    field VARCHAR NOT NULL, body VARCHAR NOT NULL
);

-- Places by number, so that a row of occurrences stays small.
CREATE TABLE places (
    place INTEGER NOT NULL, store VARCHAR NOT NULL, collection VARCHAR NOT NULL, field VARCHAR NOT NULL
);

-- Where each identifier was seen, ordered by hash so that a look-up reads a few blocks.
CREATE TABLE occurrences (
    hash UUID NOT NULL, place INTEGER NOT NULL, object_id VARCHAR,
    entity VARCHAR NOT NULL, form VARCHAR NOT NULL, count BIGINT NOT NULL
);

CREATE TABLE findings (
    store VARCHAR NOT NULL, collection VARCHAR NOT NULL, field VARCHAR NOT NULL, entity VARCHAR NOT NULL,
    confidence DOUBLE NOT NULL, verdict VARCHAR NOT NULL, evidence VARCHAR[] NOT NULL,
    rule_version VARCHAR NOT NULL, structured BOOLEAN NOT NULL
);

-- body: the Relation, the IdentitySource as JSON.
CREATE TABLE relations (body VARCHAR NOT NULL);
CREATE TABLE sources (body VARCHAR NOT NULL);

-- What a person decided. subject: the field and entity, or the relation, as canonical JSON. Kept over rescans.
CREATE TABLE reviews (
    kind VARCHAR NOT NULL, subject VARCHAR NOT NULL, decision VARCHAR NOT NULL, body VARCHAR NOT NULL,
    PRIMARY KEY (kind, subject)
);
