-- Links that open an album, or some assets, to whoever has them. What is in the trash or locked is not shown by any.

-- The owner's links, newest first, with their albums but not what is in them. A link to a deleted album is hidden.
-- sql: shared_link_find(owner uuid, id uuid?, album uuid?) -> many SharedLinkResponseDto
SELECT l.id, l.description, l.password, l."userId", translate(encode(l.key, 'base64'), '+/=', '-_') AS key, l.type,
    l."createdAt", l."expiresAt", l."allowUpload", l."allowDownload", l."showExif" AS "showMetadata", l.slug,
    al."albumName" AS "album.albumName", al.description AS "album.description",
    al."albumThumbnailAssetId" AS "album.albumThumbnailAssetId", al."createdAt" AS "album.createdAt",
    al."updatedAt" AS "album.updatedAt", al.id AS "album.id", nullif(al.id IS NOT NULL, false) AS "album.shared",
    nullif(al.id IS NOT NULL, false) AS "album.hasSharedLink", al."isActivityEnabled" AS "album.isActivityEnabled",
    al."order" AS "album.order"
FROM shared_link l
LEFT JOIN album al ON al.id = l."albumId" AND al."deletedAt" IS NULL
WHERE l."userId" = $owner
    AND ($id::uuid IS NULL OR l.id = $id)
    AND ($album::uuid IS NULL OR l."albumId" = $album)
    AND (l.type <> 'ALBUM' OR al.id IS NOT NULL)
ORDER BY l."createdAt" DESC, l.id;

-- sql: shared_link_assets(id uuid) -> many uuid
SELECT a.id FROM shared_link_asset s
JOIN asset a ON a.id = s."assetId" AND a."deletedAt" IS NULL AND a.visibility <> 'locked'
WHERE s."sharedLinkId" = $id
ORDER BY a."fileCreatedAt", a.id;

-- The oldest asset of each link that has any; place counts $ids from 1.
-- row: link_cover (place int8, asset uuid)
-- sql: shared_link_covers(ids uuid[]) -> many link_cover
SELECT DISTINCT ON (wanted.place) wanted.place, a.id AS asset
FROM unnest($ids) WITH ORDINALITY AS wanted (id, place)
JOIN shared_link_asset s ON s."sharedLinkId" = wanted.id
JOIN asset a ON a.id = s."assetId" AND a."deletedAt" IS NULL AND a.visibility <> 'locked'
ORDER BY wanted.place, a."fileCreatedAt", a.id;

-- sql: shared_link_insert(owner uuid, key bytea, type SharedLinkType, album uuid?, description text?, password text?,
--   slug text?, expiresAt timestamptz?, allowUpload bool, allowDownload bool, showExif bool) -> one uuid
INSERT INTO shared_link ("userId", key, type, "albumId", description, password, slug, "expiresAt", "allowUpload",
    "allowDownload", "showExif")
VALUES ($owner, $key, $type, $album, $description, $password, $slug, $expiresAt, $allowUpload, $allowDownload, $showExif)
RETURNING id;

-- What may be null is set where its flag says so; of the others, what is NULL stays. Compat: the slug is always set.
-- sql: shared_link_update(id uuid, slug text?, setDescription bool, description text?, setPassword bool, password text?,
--   setExpiresAt bool, expiresAt timestamptz?, allowUpload bool?, allowDownload bool?, showExif bool?) -> void
UPDATE shared_link SET
    slug = $slug,
    description = CASE WHEN $setDescription THEN $description ELSE description END,
    password = CASE WHEN $setPassword THEN $password ELSE password END,
    "expiresAt" = CASE WHEN $setExpiresAt THEN $expiresAt ELSE "expiresAt" END,
    "allowUpload" = coalesce($allowUpload, "allowUpload"),
    "allowDownload" = coalesce($allowDownload, "allowDownload"),
    "showExif" = coalesce($showExif, "showExif")
WHERE id = $id;

-- row: own_link (type SharedLinkType, password text?)
-- sql: shared_link_get_own(id uuid, owner uuid) -> maybe own_link
SELECT type, password FROM shared_link WHERE id = $id AND "userId" = $owner;

-- sql: shared_link_delete(id uuid) -> void
DELETE FROM shared_link WHERE id = $id;

-- sql: shared_link_present(id uuid, assets uuid[]) -> many uuid
SELECT "assetId" FROM shared_link_asset WHERE "sharedLinkId" = $id AND "assetId" = ANY($assets);

-- An asset that has just gone is left out.
-- sql: shared_link_add_assets(id uuid, assets uuid[]) -> void
INSERT INTO shared_link_asset ("sharedLinkId", "assetId")
SELECT $id, id FROM asset WHERE id = ANY($assets) ORDER BY id
ON CONFLICT DO NOTHING;

-- sql: shared_link_remove_assets(id uuid, assets uuid[]) -> void
DELETE FROM shared_link_asset WHERE "sharedLinkId" = $id AND "assetId" = ANY($assets);
