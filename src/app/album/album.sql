-- Albums, their members and what is in them. A locked asset is its owner's alone, whatever album still names it.

-- Albums of the caller, newest first; each filter that is NULL asks for nothing.
-- sql: album_find(user uuid, id uuid?, name text?, isOwned bool?, isShared bool?) -> many uuid
SELECT al.id
FROM album_user me
JOIN album al ON al.id = me."albumId" AND al."deletedAt" IS NULL
WHERE me."userId" = $user
    AND ($id::uuid IS NULL OR al.id = $id)
    AND ($name::text IS NULL OR al."albumName" = $name)
    AND ($isOwned::boolean IS NULL OR (me.role = 'owner') = $isOwned)
    AND ($isShared::boolean IS NULL OR $isShared = (
        EXISTS (SELECT FROM album_user other WHERE other."albumId" = al.id AND other.role <> 'owner')
        OR EXISTS (SELECT FROM shared_link s WHERE s."albumId" = al.id)))
ORDER BY al."createdAt" DESC;

-- sql: album_find_of_asset(user uuid, asset uuid) -> many uuid
SELECT al.id
FROM album_asset aa
JOIN album al ON al.id = aa."albumId" AND al."deletedAt" IS NULL
JOIN album_user me ON me."albumId" = al.id AND me."userId" = $user
WHERE aa."assetId" = $asset
ORDER BY al."createdAt" DESC;

-- A cover that is not to be seen in its album any more, or that is missing, is replaced by the newest asset. Two lookups
-- an album; only what is wrong is written. An aggregate, because with LIMIT the planner walks the whole library from its
-- newest asset on, and for an album without assets to its end.
-- sql: album_repair_thumbnails(ids uuid[]) -> void
WITH wrong AS (
    SELECT al.id FROM album al
    WHERE al.id = ANY($ids) AND NOT EXISTS (
        SELECT FROM album_asset aa
        JOIN asset a ON a.id = aa."assetId" AND a."deletedAt" IS NULL AND a.visibility <> 'locked'
        WHERE aa."albumId" = al.id AND aa."assetId" = al."albumThumbnailAssetId")
), mended AS MATERIALIZED (
    SELECT w.id, (
        SELECT (array_agg(a.id ORDER BY a."fileCreatedAt" DESC))[1]
        FROM album_asset aa
        JOIN asset a ON a.id = aa."assetId" AND a."deletedAt" IS NULL AND a.visibility <> 'locked'
        WHERE aa."albumId" = w.id) AS thumbnail
    FROM wrong w
)
UPDATE album SET "albumThumbnailAssetId" = m.thumbnail
FROM mended m
WHERE album.id = m.id AND album."albumThumbnailAssetId" IS DISTINCT FROM m.thumbnail;

-- As clients see them, in the order of $ids. Dates are those of days; album_span has the exact ones. The lateral joins
-- keep each album to its own rows: album_asset by album, then asset by key.
-- sql: album_rows(caller uuid, ids uuid[]) -> many AlbumResponseDto
SELECT al."albumName", al.description, al."albumThumbnailAssetId", al."createdAt", al."updatedAt", al.id,
    members.list AS "albumUsers", members.n > 1 OR link.is_there AS shared, link.is_there AS "hasSharedLink",
    date_trunc('day', shown.first, 'UTC') AS "startDate", date_trunc('day', shown.last, 'UTC') AS "endDate",
    shown.n AS "assetCount", al."isActivityEnabled", al."order", shown.touched AS "lastModifiedAssetTimestamp"
FROM unnest($ids) WITH ORDINALITY AS wanted (id, place)
JOIN album al ON al.id = wanted.id
CROSS JOIN LATERAL (
    SELECT count(*) AS n, json_agg(json_build_object('role', au.role, 'user', json_build_object(
            'id', u.id, 'email', u.email, 'name', u.name, 'profileImagePath', u."profileImagePath",
            'avatarColor', tintype.user_avatar(u."avatarColor", u.email), 'profileChangedAt', u."profileChangedAt"))
        ORDER BY au.role, u.id <> $caller, u.name) AS list
    FROM album_user au
    JOIN "user" u ON u.id = au."userId"
    WHERE au."albumId" = al.id) members
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM shared_link s WHERE s."albumId" = al.id) AS is_there) link
CROSS JOIN LATERAL (
    SELECT count(*) AS n, min(a."localDateTime") AS first, max(a."localDateTime") AS last, max(a."updatedAt") AS touched
    FROM album_asset aa
    JOIN asset a ON a.id = aa."assetId" AND a."deletedAt" IS NULL AND a.visibility IN ('archive', 'timeline')
    WHERE aa."albumId" = al.id) shown
ORDER BY wanted.place;

-- Compat: when the oldest and the newest asset were taken, by the clock of their places, which may be the wrong way round.
-- row: album_span (first timestamptz?, last timestamptz?, n int8)
-- sql: album_span(id uuid) -> one album_span
WITH shown AS MATERIALIZED (
    SELECT a."fileCreatedAt", a."localDateTime"
    FROM album_asset aa
    JOIN asset a ON a.id = aa."assetId" AND a."deletedAt" IS NULL AND a.visibility IN ('archive', 'timeline')
    WHERE aa."albumId" = $id
), ends AS MATERIALIZED (
    SELECT (SELECT "localDateTime" FROM shown ORDER BY "fileCreatedAt" LIMIT 1) AS oldest,
        (SELECT "localDateTime" FROM shown ORDER BY "fileCreatedAt" DESC LIMIT 1) AS newest
)
SELECT least(oldest, newest) AS first, greatest(oldest, newest) AS last, (SELECT count(*) FROM shown) AS n FROM ends;

-- sql: album_contributors(id uuid) -> many ContributorCountResponseDto
SELECT a."ownerId" AS "userId", count(*) AS "assetCount"
FROM album_asset aa
JOIN asset a ON a.id = aa."assetId" AND a."deletedAt" IS NULL AND a.visibility <> 'locked'
WHERE aa."albumId" = $id
GROUP BY a."ownerId"
ORDER BY 2 DESC, 1;

-- sql: album_statistics(user uuid) -> one AlbumStatisticsResponseDto
WITH mine AS (
    SELECT me.role = 'owner' AS owned, EXISTS (
            SELECT FROM album_user other WHERE other."albumId" = al.id AND other.role <> 'owner')
        OR EXISTS (SELECT FROM shared_link s WHERE s."albumId" = al.id) AS shared
    FROM album_user me
    JOIN album al ON al.id = me."albumId" AND al."deletedAt" IS NULL
    WHERE me."userId" = $user
)
SELECT count(*) FILTER (WHERE owned) AS owned, count(*) FILTER (WHERE shared) AS shared,
    count(*) FILTER (WHERE owned AND NOT shared) AS "notShared"
FROM mine;

-- sql: album_map_markers(id uuid) -> many MapMarkerResponseDto
SELECT a.id, e.latitude AS lat, e.longitude AS lon, e.city, e.state, e.country
FROM album_asset aa
JOIN asset a ON a.id = aa."assetId" AND a."deletedAt" IS NULL AND a.visibility <> 'locked'
JOIN asset_exif e ON e."assetId" = a.id AND e.latitude IS NOT NULL AND e.longitude IS NOT NULL
WHERE aa."albumId" = $id
ORDER BY a."fileCreatedAt" DESC;

-- One statement, so that album_user_after_insert sees the owner among the new members and leaves the album alone.
-- sql: album_insert(owner uuid, name text, description text, order AssetOrder, thumbnail uuid?, users uuid[],
--   roles AlbumUserRole[], assets uuid[]) -> one uuid
WITH made AS (
    INSERT INTO album ("albumName", description, "order", "albumThumbnailAssetId")
    VALUES ($name, $description, $order, $thumbnail)
    RETURNING id
), members AS (
    INSERT INTO album_user ("albumId", "userId", role)
    SELECT made.id, $owner::uuid, 'owner'::album_user_role_enum FROM made
    UNION ALL
    SELECT made.id, u.id, u.role
    FROM made, unnest($users::uuid[], $roles::album_user_role_enum[]) AS u (id, role)
    ON CONFLICT DO NOTHING
), filled AS (
    INSERT INTO album_asset ("albumId", "assetId")
    SELECT made.id, asset FROM made, unnest($assets::uuid[]) AS asset
)
SELECT id FROM made;

-- What is NULL stays.
-- sql: album_update(id uuid, name text?, description text?, thumbnail uuid?, isActivityEnabled bool?, order AssetOrder?) -> void
UPDATE album SET
    "albumName" = coalesce($name, "albumName"),
    description = coalesce($description, description),
    "albumThumbnailAssetId" = coalesce($thumbnail, "albumThumbnailAssetId"),
    "isActivityEnabled" = coalesce($isActivityEnabled, "isActivityEnabled"),
    "order" = coalesce($order, "order")
WHERE id = $id;

-- sql: album_delete(id uuid) -> void
DELETE FROM album WHERE id = $id;

-- sql: album_exists(id uuid) -> one bool
SELECT EXISTS (SELECT FROM album WHERE id = $id AND "deletedAt" IS NULL);

-- What is in it ------------------------------------------------------------------------------

-- sql: album_assets_present(id uuid, assets uuid[]) -> many uuid
SELECT "assetId" FROM album_asset WHERE "albumId" = $id AND "assetId" = ANY($assets);

-- Puts all assets into all albums and tells what was new. One order of locks for everybody; an asset that has just gone
-- is left out. An album without a cover takes the first of the new ones, in the order of $assets.
-- row: album_entry (album uuid, asset uuid)
-- sql: album_add_assets(albums uuid[], assets uuid[]) -> many album_entry
WITH added AS (
    INSERT INTO album_asset ("albumId", "assetId")
    SELECT al.id, a.id
    FROM album al, asset a
    WHERE al.id = ANY($albums) AND a.id = ANY($assets)
    ORDER BY al.id, a.id
    ON CONFLICT DO NOTHING
    RETURNING "albumId", "assetId"
), covers AS (
    SELECT DISTINCT ON (added."albumId") added."albumId", added."assetId"
    FROM added
    JOIN unnest($assets) WITH ORDINALITY AS asked (id, place) ON asked.id = added."assetId"
    ORDER BY added."albumId", asked.place
), touched AS (
    UPDATE album SET "updatedAt" = now(), "albumThumbnailAssetId" = coalesce("albumThumbnailAssetId", covers."assetId")
    FROM covers WHERE album.id = covers."albumId"
)
SELECT "albumId" AS album, "assetId" AS asset FROM added ORDER BY 1;

-- sql: album_remove_assets(id uuid, assets uuid[]) -> void
DELETE FROM album_asset WHERE "albumId" = $id AND "assetId" = ANY($assets);

-- Members ------------------------------------------------------------------------------------

-- row: album_member (album uuid, user uuid)
-- sql: album_members(ids uuid[]) -> many album_member
SELECT "albumId" AS album, "userId" AS user FROM album_user WHERE "albumId" = ANY($ids) ORDER BY 1, 2;

-- sql: album_guests(id uuid) -> many uuid
SELECT "userId" FROM album_user WHERE "albumId" = $id AND role <> 'owner';

-- row: album_role (role AlbumUserRole)
-- sql: album_role_get(id uuid, user uuid) -> maybe album_role
SELECT role FROM album_user WHERE "albumId" = $id AND "userId" = $user;

-- sql: album_users_exist(users uuid[]) -> one bool
SELECT NOT EXISTS (
    SELECT FROM unnest($users) AS wanted (id)
    WHERE NOT EXISTS (SELECT FROM "user" u WHERE u.id = wanted.id AND u."deletedAt" IS NULL));

-- Those who were not members before.
-- sql: album_add_users(id uuid, users uuid[], roles AlbumUserRole[]) -> many uuid
INSERT INTO album_user ("albumId", "userId", role)
SELECT $id, u.id, u.role FROM unnest($users::uuid[], $roles::album_user_role_enum[]) AS u (id, role)
ON CONFLICT DO NOTHING
RETURNING "userId";

-- sql: album_user_update(id uuid, user uuid, role AlbumUserRole) -> void
UPDATE album_user SET role = $role WHERE "albumId" = $id AND "userId" = $user;

-- sql: album_user_remove(id uuid, user uuid) -> void
DELETE FROM album_user WHERE "albumId" = $id AND "userId" = $user;
