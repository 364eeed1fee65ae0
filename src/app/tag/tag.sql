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
