-- Tags: a tree per owner. A tag's value is its whole path ("People/Marie Curie").

-- Makes the tag or finds it; either way the closure holds every ancestor afterwards. A tag that is there is not touched:
-- an update would be sent to all clients.
-- sql: tag_ensure(owner uuid, value text, parent uuid?) -> one uuid
WITH found AS (
    SELECT id FROM tag WHERE "userId" = $owner AND value = $value
)
, made AS (
    INSERT INTO tag ("userId", value, "parentId")
    SELECT $owner, $value, $parent WHERE NOT EXISTS (SELECT FROM found)
    ON CONFLICT ("userId", value) DO UPDATE SET "parentId" = excluded."parentId"
    RETURNING id
)
, wanted AS (
    SELECT id FROM found UNION ALL SELECT id FROM made
)
, closure AS (
    INSERT INTO tag_closure (id_ancestor, id_descendant)
    SELECT id, id FROM wanted
    UNION ALL
    SELECT c.id_ancestor, wanted.id FROM tag_closure c, wanted WHERE c.id_descendant = $parent
    ON CONFLICT DO NOTHING
)
SELECT id FROM wanted;

-- The asset has these tags and no others. Links that stay are not touched.
-- sql: tag_asset_replace(asset uuid, tags uuid[]) -> void
WITH gone AS (
    DELETE FROM tag_asset WHERE "assetId" = $asset AND "tagId" <> ALL ($tags)
)
INSERT INTO tag_asset ("assetId", "tagId")
SELECT $asset, id FROM unnest($tags::uuid[]) AS id
ON CONFLICT DO NOTHING;

-- sql: tag_get(id uuid) -> one TagResponseDto
SELECT id, "parentId", regexp_replace(value, '^.*/', '') AS name, value, "createdAt", "updatedAt", color
FROM tag WHERE id = $id;

-- sql: tag_list(owner uuid) -> many TagResponseDto
SELECT id, "parentId", regexp_replace(value, '^.*/', '') AS name, value, "createdAt", "updatedAt", color
FROM tag WHERE "userId" = $owner ORDER BY value;

-- Its levels below, and what assets have of them, go with it.
-- sql: tag_delete(id uuid) -> void
DELETE FROM tag WHERE id = $id;

-- In the order of $ids, each once.
-- sql: tag_list_of(ids uuid[]) -> many TagResponseDto
SELECT t.id, t."parentId", regexp_replace(t.value, '^.*/', '') AS name, t.value, t."createdAt", t."updatedAt", t.color
FROM (SELECT id, min(place) AS place FROM unnest($ids) WITH ORDINALITY AS wanted (id, place) GROUP BY id) wanted
JOIN tag t ON t.id = wanted.id
ORDER BY wanted.place;

-- A parent is the nil UUID for a tag at the top. Tags that are in their place are not touched.
-- sql: tag_set_parents(ids uuid[], parents uuid[]) -> void
UPDATE tag SET "parentId" = wanted.parent
FROM (
    SELECT id, nullif(parent, '00000000-0000-0000-0000-000000000000') AS parent FROM unnest($ids, $parents) AS w (id, parent)
) wanted
WHERE tag.id = wanted.id AND tag."parentId" IS DISTINCT FROM wanted.parent;

-- sql: tag_insert(owner uuid, value text, parent uuid?, color text?) -> one uuid
WITH made AS (
    INSERT INTO tag ("userId", value, "parentId", color) VALUES ($owner, $value, $parent, $color) RETURNING id
), closure AS (
    INSERT INTO tag_closure (id_ancestor, id_descendant)
    SELECT id, id FROM made
    UNION ALL
    SELECT c.id_ancestor, made.id FROM tag_closure c, made WHERE c.id_descendant = $parent
)
SELECT id FROM made;

-- sql: tag_set_color(id uuid, color text?) -> void
UPDATE tag SET color = $color WHERE id = $id;

-- Tags of assets by hand -----------------------------------------------------------------------

-- sql: tag_assets_present(id uuid, assets uuid[]) -> many uuid
SELECT "assetId" FROM tag_asset WHERE "tagId" = $id AND "assetId" = ANY($assets);

-- All tags to all assets, always in the same order; an asset or tag that has just gone is left out. The asset of each new
-- pair.
-- sql: tag_add_assets(tags uuid[], assets uuid[]) -> many uuid
INSERT INTO tag_asset ("assetId", "tagId")
SELECT a.id, t.id FROM asset a, tag t
WHERE a.id = ANY($assets) AND t.id = ANY($tags)
ORDER BY a.id, t.id
ON CONFLICT DO NOTHING
RETURNING "assetId";

-- sql: tag_remove_assets(id uuid, assets uuid[]) -> void
DELETE FROM tag_asset WHERE "tagId" = $id AND "assetId" = ANY($assets);

-- What the owner chose is locked: no extraction overwrites it until a sidecar holds it.
-- sql: tag_write_exif(assets uuid[]) -> void
INSERT INTO asset_exif AS e ("assetId", tags, "lockedProperties")
SELECT a.id, ARRAY(
    SELECT t.value FROM tag_asset ta JOIN tag t ON t.id = ta."tagId" WHERE ta."assetId" = a.id ORDER BY t.value), '{tags}'
FROM asset a
WHERE a.id = ANY($assets)
ORDER BY a.id
ON CONFLICT ("assetId") DO UPDATE SET tags = excluded.tags,
    "lockedProperties" = ARRAY(SELECT unnest(e."lockedProperties") UNION SELECT 'tags');
