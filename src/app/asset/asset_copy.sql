-- Takes over to one asset what another one has: PUT /assets/copy.

-- row: copied_asset (originalPath text, sidecar text?)
-- sql: copy_asset_get(id uuid) -> maybe copied_asset
SELECT a."originalPath", f.path AS sidecar FROM asset a
LEFT JOIN asset_file f ON f."assetId" = a.id AND f.type = 'sidecar' AND NOT f."isEdited"
WHERE a.id = $id;

-- A locked asset is shown in no album and by no link.
-- sql: copy_albums(source uuid, target uuid) -> void
INSERT INTO album_asset ("albumId", "assetId")
SELECT aa."albumId", t.id FROM album_asset aa, asset t
WHERE aa."assetId" = $source AND t.id = $target AND t.visibility <> 'locked'
ON CONFLICT DO NOTHING;

-- sql: copy_links(source uuid, target uuid) -> void
INSERT INTO shared_link_asset ("sharedLinkId", "assetId")
SELECT s."sharedLinkId", t.id FROM shared_link_asset s, asset t
WHERE s."assetId" = $source AND t.id = $target AND t.visibility <> 'locked'
ON CONFLICT DO NOTHING;

-- The target joins the stack of the source; two stacks become that of the target.
-- sql: copy_stack(source uuid, target uuid) -> void
WITH pair AS (
    SELECT s."stackId" AS old, coalesce(t."stackId", s."stackId") AS kept FROM asset s, asset t
    WHERE s.id = $source AND t.id = $target AND s."stackId" IS NOT NULL
), moved AS (
    UPDATE asset SET "stackId" = pair.kept FROM pair
    WHERE (asset.id = $target OR asset."stackId" = pair.old) AND asset."stackId" IS DISTINCT FROM pair.kept
)
DELETE FROM stack USING pair WHERE stack.id = pair.old AND pair.old <> pair.kept;

-- sql: copy_favorite(source uuid, target uuid) -> void
UPDATE asset t SET "isFavorite" = s."isFavorite" FROM asset s WHERE t.id = $target AND s.id = $source;

-- sql: copy_put_sidecar(asset uuid, path text) -> void
INSERT INTO asset_file ("assetId", type, path) VALUES ($asset, 'sidecar', $path)
ON CONFLICT ("assetId", type, "isEdited") DO UPDATE SET path = excluded.path;
