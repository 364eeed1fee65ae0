-- Where pictures were taken: the caller's, and as asked for those of partners and of albums that the caller is in. An
-- asset of somebody else comes once, however many albums have it.
-- sql: map_markers(user uuid, partners bool, albums bool, archived bool, favorite bool?, after timestamptz?,
--   before timestamptz?) -> many MapMarkerResponseDto
WITH owners AS (
    SELECT $user::uuid AS id
    UNION
    SELECT p."sharedById" FROM partner p
    JOIN "user" u ON u.id = p."sharedById" AND u."deletedAt" IS NULL
    WHERE $partners AND p."sharedWithId" = $user
), shown AS (
    SELECT a.id, a."fileCreatedAt", a."isFavorite" FROM asset a
    WHERE a."ownerId" IN (SELECT id FROM owners) AND a."deletedAt" IS NULL
        AND (a.visibility = 'timeline' OR ($archived AND a.visibility = 'archive' AND a."ownerId" = $user))
    UNION ALL
    SELECT a.id, a."fileCreatedAt", a."isFavorite" FROM asset a
    WHERE $albums AND a."ownerId" NOT IN (SELECT id FROM owners) AND a."deletedAt" IS NULL AND a.visibility = 'timeline'
        AND a.id IN (
            SELECT aa."assetId" FROM album_user me
            JOIN album al ON al.id = me."albumId" AND al."deletedAt" IS NULL
            JOIN album_asset aa ON aa."albumId" = al.id
            WHERE me."userId" = $user)
)
SELECT s.id, e.latitude AS lat, e.longitude AS lon, e.city, e.state, e.country
FROM shown s
JOIN asset_exif e ON e."assetId" = s.id AND e.latitude IS NOT NULL AND e.longitude IS NOT NULL
WHERE ($favorite::boolean IS NULL OR s."isFavorite" = $favorite)
    AND ($after::timestamptz IS NULL OR s."fileCreatedAt" >= $after)
    AND ($before::timestamptz IS NULL OR s."fileCreatedAt" <= $before)
ORDER BY s."fileCreatedAt" DESC;
