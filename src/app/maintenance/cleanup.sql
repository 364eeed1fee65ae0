-- What nightly jobs remove and renew (contract/jobs §6, backgroundTask).

-- sql: cleanup_sessions(idleDays int4) -> count
DELETE FROM session
WHERE "updatedAt" <= now() - make_interval(days => $idleDays) OR "expiresAt" <= now();

-- The rows by which sync tells clients of deletions; a client that was away for longer starts anew.
-- sql: cleanup_audit(days int4) -> void
WITH old AS (SELECT now() - make_interval(days => $days) AS until)
, a AS (DELETE FROM user_audit USING old WHERE "deletedAt" < until)
, b AS (DELETE FROM user_metadata_audit USING old WHERE "deletedAt" < until)
, c AS (DELETE FROM partner_audit USING old WHERE "deletedAt" < until)
, d AS (DELETE FROM asset_audit USING old WHERE "deletedAt" < until)
, e AS (DELETE FROM asset_metadata_audit USING old WHERE "deletedAt" < until)
, f AS (DELETE FROM asset_edit_audit USING old WHERE "deletedAt" < until)
, g AS (DELETE FROM asset_face_audit USING old WHERE "deletedAt" < until)
, h AS (DELETE FROM asset_ocr_audit USING old WHERE "deletedAt" < until)
, i AS (DELETE FROM stack_audit USING old WHERE "deletedAt" < until)
, j AS (DELETE FROM person_audit USING old WHERE "deletedAt" < until)
, k AS (DELETE FROM album_audit USING old WHERE "deletedAt" < until)
, l AS (DELETE FROM album_user_audit USING old WHERE "deletedAt" < until)
, m AS (DELETE FROM album_asset_audit USING old WHERE "deletedAt" < until)
, n AS (DELETE FROM memory_audit USING old WHERE "deletedAt" < until)
DELETE FROM memory_asset_audit USING old WHERE "deletedAt" < until;

-- A tag is empty when no asset has it or a tag below it.
-- sql: cleanup_tags() -> count
DELETE FROM tag WHERE NOT EXISTS (
    SELECT FROM tag_closure c JOIN tag_asset ON "tagId" = c.id_descendant WHERE c.id_ancestor = tag.id);

-- Compat: upstream means to delete persons without a face and, by a wrong join, deletes nobody. A name, a birthday or a star
-- is a person's own work and is kept.
-- sql: cleanup_persons() -> many text
DELETE FROM person p
WHERE name = '' AND "birthDate" IS NULL AND NOT "isFavorite"
    AND NOT EXISTS (SELECT FROM asset_face WHERE "personId" = p.id)
RETURNING "thumbnailPath";

-- sql: cleanup_memory_assets() -> count
DELETE FROM memory_asset m USING asset a
WHERE a.id = m."assetId" AND a.visibility <> 'timeline';

-- sql: cleanup_memories(days int4) -> count
DELETE FROM memory
WHERE NOT "isSaved" AND "createdAt" < now() - make_interval(days => $days);
