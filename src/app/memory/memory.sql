-- Memories: assets of one day in the past, shown for a while.

-- Compat: `size` counts memories that turn out to be empty.
-- sql: memory_search(owner uuid, type MemoryType?, isSaved bool?, trashed bool, day timestamptz?, order MemorySearchOrder,
--   size int8?) -> many MemoryResponseDto
SELECT id, "createdAt", "updatedAt", "deletedAt", "memoryAt", "seenAt", "showAt", "hideAt", "ownerId", type, data, "isSaved"
FROM memory
WHERE "ownerId" = $owner
    AND ("deletedAt" IS NOT NULL) = $trashed
    AND ($type::text IS NULL OR type = $type::text)
    AND ($isSaved::boolean IS NULL OR "isSaved" = $isSaved)
    AND ($day::timestamptz IS NULL OR (("showAt" IS NULL OR "showAt" <= $day) AND ("hideAt" IS NULL OR "hideAt" >= $day)))
ORDER BY CASE WHEN $order::text = 'random' THEN random() END, CASE WHEN $order::text = 'asc' THEN "memoryAt" END,
    CASE WHEN $order::text = 'desc' THEN "memoryAt" END DESC
LIMIT $size;

-- sql: memory_count(owner uuid, type MemoryType?, isSaved bool?, trashed bool, day timestamptz?) -> one int8
SELECT count(*)
FROM memory
WHERE "ownerId" = $owner
    AND ("deletedAt" IS NOT NULL) = $trashed
    AND ($type::text IS NULL OR type = $type::text)
    AND ($isSaved::boolean IS NULL OR "isSaved" = $isSaved)
    AND ($day::timestamptz IS NULL OR (("showAt" IS NULL OR "showAt" <= $day) AND ("hideAt" IS NULL OR "hideAt" >= $day)));

-- sql: memory_get(id uuid) -> maybe MemoryResponseDto
SELECT id, "createdAt", "updatedAt", "deletedAt", "memoryAt", "seenAt", "showAt", "hideAt", "ownerId", type, data, "isSaved"
FROM memory WHERE id = $id;

-- What the timeline shows of them, oldest first; place counts $ids from 1. $discreet leaves out whom the owner hides. A
-- partner's assets are shown as long as they are shared.
-- row: memory_member (place int8, asset uuid)
-- sql: memory_assets(ids uuid[], discreet bool) -> many memory_member
SELECT wanted.place, a.id AS asset
FROM unnest($ids) WITH ORDINALITY AS wanted (id, place)
JOIN memory m ON m.id = wanted.id
JOIN memory_asset ma ON ma."memoriesId" = m.id
JOIN asset a ON a.id = ma."assetId" AND a."deletedAt" IS NULL AND a.visibility = 'timeline'
WHERE (a."ownerId" = m."ownerId" OR EXISTS (
        SELECT FROM partner p WHERE p."sharedById" = a."ownerId" AND p."sharedWithId" = m."ownerId"))
    AND (NOT $discreet OR NOT EXISTS (
        SELECT FROM asset_face f
        JOIN person p ON p.id = f."personId" AND p."isHidden"
        WHERE f."assetId" = a.id AND f."deletedAt" IS NULL))
ORDER BY wanted.place, a."fileCreatedAt", a.id;

-- sql: memory_insert(owner uuid, type MemoryType, data jsonb, memoryAt timestamptz, isSaved bool, seenAt timestamptz?,
--   showAt timestamptz?, hideAt timestamptz?, assets uuid[]) -> one uuid
WITH made AS (
    INSERT INTO memory ("ownerId", type, data, "memoryAt", "isSaved", "seenAt", "showAt", "hideAt")
    VALUES ($owner, $type, $data, $memoryAt, $isSaved, $seenAt, $showAt, $hideAt)
    RETURNING id
), filled AS (
    INSERT INTO memory_asset ("memoriesId", "assetId")
    SELECT made.id, asset FROM made, unnest($assets::uuid[]) AS asset
)
SELECT id FROM made;

-- What is NULL stays.
-- sql: memory_update(id uuid, isSaved bool?, seenAt timestamptz?, memoryAt timestamptz?) -> void
UPDATE memory SET "isSaved" = coalesce($isSaved, "isSaved"), "seenAt" = coalesce($seenAt, "seenAt"),
    "memoryAt" = coalesce($memoryAt, "memoryAt")
WHERE id = $id;

-- sql: memory_delete(id uuid) -> void
DELETE FROM memory WHERE id = $id;

-- sql: memory_assets_present(id uuid, assets uuid[]) -> many uuid
SELECT "assetId" FROM memory_asset WHERE "memoriesId" = $id AND "assetId" = ANY($assets);

-- An asset that has just gone is left out.
-- sql: memory_add_assets(id uuid, assets uuid[]) -> void
INSERT INTO memory_asset ("memoriesId", "assetId")
SELECT $id, id FROM asset WHERE id = ANY($assets) ORDER BY id
ON CONFLICT DO NOTHING;

-- sql: memory_remove_assets(id uuid, assets uuid[]) -> void
DELETE FROM memory_asset WHERE "memoriesId" = $id AND "assetId" = ANY($assets);
