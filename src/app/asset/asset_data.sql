-- What clients keep beside an asset: JSON by key (the apps' own ids, for example).

-- sql: asset_data_list(asset uuid) -> many AssetMetadataResponseDto
SELECT key, value, "updatedAt" FROM asset_metadata WHERE "assetId" = $asset ORDER BY key;

-- sql: asset_data_find(asset uuid, key text) -> maybe AssetMetadataResponseDto
SELECT key, value, "updatedAt" FROM asset_metadata WHERE "assetId" = $asset AND key = $key;

-- No pair of asset and key comes twice.
-- sql: asset_data_put(assets uuid[], keys text[], contents jsonb[]) -> many AssetMetadataBulkResponseDto
INSERT INTO asset_metadata ("assetId", key, value)
SELECT * FROM unnest($assets::uuid[], $keys::text[], $contents::jsonb[])
ON CONFLICT ("assetId", key) DO UPDATE SET value = excluded.value
RETURNING "assetId", key, value, "updatedAt";

-- sql: asset_data_delete(assets uuid[], keys text[]) -> void
DELETE FROM asset_metadata m
USING unnest($assets::uuid[], $keys::text[]) AS gone (asset, key)
WHERE m."assetId" = gone.asset AND m.key = gone.key;
