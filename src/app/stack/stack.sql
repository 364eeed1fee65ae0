-- Stacks: several shots shown as one. Members that cannot be seen on the timeline or in the archive are not told of.

-- row: stack_row (id uuid, primary uuid)
-- sql: stack_find(owner uuid, primary uuid?) -> many stack_row
SELECT id, "primaryAssetId" AS primary FROM stack
WHERE "ownerId" = $owner AND ($primary::uuid IS NULL OR "primaryAssetId" = $primary)
ORDER BY "createdAt", id;

-- sql: stack_get(id uuid) -> maybe stack_row
SELECT id, "primaryAssetId" AS primary FROM stack WHERE id = $id;

-- Stack by stack in the order of $ids (place counts them from 1), the primary asset first.
-- row: stack_member (place int8, asset uuid)
-- sql: stack_members(ids uuid[]) -> many stack_member
SELECT wanted.place, a.id AS asset
FROM unnest($ids) WITH ORDINALITY AS wanted (id, place)
JOIN stack s ON s.id = wanted.id
JOIN asset a ON a."stackId" = s.id AND a."deletedAt" IS NULL AND a.visibility IN ('archive', 'timeline')
JOIN asset_exif e ON e."assetId" = a.id
ORDER BY wanted.place, a.id <> s."primaryAssetId", a."fileCreatedAt", a.id;

-- Who else stacks one of these waits until this is done. Always in the same order, against deadlocks.
-- sql: stack_lock_assets(ids uuid[]) -> void
SELECT id FROM asset WHERE id = ANY($ids) ORDER BY id FOR NO KEY UPDATE;

-- The members of the owner's stacks that one of these assets stands for.
-- sql: stack_find_joining(owner uuid, ids uuid[]) -> many uuid
SELECT a.id FROM stack s
JOIN asset a ON a."stackId" = s.id
WHERE s."ownerId" = $owner AND s."primaryAssetId" = ANY($ids);

-- sql: stack_dissolve(owner uuid, ids uuid[]) -> void
DELETE FROM stack WHERE "ownerId" = $owner AND "primaryAssetId" = ANY($ids);

-- sql: stack_insert(owner uuid, primary uuid) -> one uuid
INSERT INTO stack ("ownerId", "primaryAssetId") VALUES ($owner, $primary) RETURNING id;

-- sql: stack_fill(id uuid, owner uuid, assets uuid[]) -> void
UPDATE asset SET "stackId" = $id WHERE id = ANY($assets) AND "ownerId" = $owner;

-- sql: stack_set_primary(id uuid, primary uuid) -> void
UPDATE stack SET "primaryAssetId" = $primary WHERE id = $id;

-- sql: stack_delete(ids uuid[]) -> void
DELETE FROM stack WHERE id = ANY($ids);

-- sql: stack_take_out(id uuid, asset uuid) -> count
UPDATE asset SET "stackId" = NULL WHERE id = $asset AND "stackId" = $id;
