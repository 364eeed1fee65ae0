-- Likes and comments on an album (without an asset) or on an asset in it. Who has left, and what is in the trash or
-- locked, is not shown.

-- One way to a like for a member at a time: activity_like_idx does not see two of an album itself.
-- sql: activity_lock_member(album uuid, user uuid) -> void
SELECT FROM album_user WHERE "albumId" = $album AND "userId" = $user FOR NO KEY UPDATE;

-- sql: activity_find_like(album uuid, asset uuid?, user uuid) -> maybe uuid
SELECT id FROM activity
WHERE "albumId" = $album AND "assetId" IS NOT DISTINCT FROM $asset::uuid AND "userId" = $user AND "isLiked"
ORDER BY "createdAt" LIMIT 1;

-- Without a comment it is a like.
-- sql: activity_insert(album uuid, asset uuid?, user uuid, comment text?) -> one uuid
INSERT INTO activity ("albumId", "assetId", "userId", comment, "isLiked")
VALUES ($album, $asset, $user, $comment, $comment::text IS NULL)
RETURNING id;

-- sql: activity_get(id uuid) -> one ActivityResponseDto
SELECT ac.id, ac."assetId", ac."createdAt", ac.comment, CASE WHEN ac."isLiked" THEN 'like' ELSE 'comment' END AS type,
    u.id AS "user.id", u.email AS "user.email", u.name AS "user.name", u."profileImagePath" AS "user.profileImagePath",
    tintype.user_avatar(u."avatarColor", u.email) AS "user.avatarColor", u."profileChangedAt" AS "user.profileChangedAt"
FROM activity ac
JOIN "user" u ON u.id = ac."userId"
WHERE ac.id = $id;

-- Of the whole album, or with $albumLevel only what is about the album itself.
-- sql: activity_list(album uuid, asset uuid?, user uuid?, liked bool?, albumLevel bool) -> many ActivityResponseDto
SELECT ac.id, ac."assetId", ac."createdAt", ac.comment, CASE WHEN ac."isLiked" THEN 'like' ELSE 'comment' END AS type,
    u.id AS "user.id", u.email AS "user.email", u.name AS "user.name", u."profileImagePath" AS "user.profileImagePath",
    tintype.user_avatar(u."avatarColor", u.email) AS "user.avatarColor", u."profileChangedAt" AS "user.profileChangedAt"
FROM activity ac
JOIN "user" u ON u.id = ac."userId" AND u."deletedAt" IS NULL
LEFT JOIN asset a ON a.id = ac."assetId"
WHERE ac."albumId" = $album
    AND (ac."assetId" IS NULL OR (a."deletedAt" IS NULL AND a.visibility <> 'locked'))
    AND CASE WHEN $albumLevel THEN ac."assetId" IS NULL ELSE $asset::uuid IS NULL OR ac."assetId" = $asset END
    AND ($user::uuid IS NULL OR ac."userId" = $user)
    AND ($liked::boolean IS NULL OR ac."isLiked" = $liked)
ORDER BY ac."createdAt", ac.id;

-- sql: activity_statistics(album uuid, asset uuid?) -> one ActivityStatisticsResponseDto
SELECT count(*) FILTER (WHERE NOT ac."isLiked") AS comments, count(*) FILTER (WHERE ac."isLiked") AS likes
FROM activity ac
JOIN "user" u ON u.id = ac."userId" AND u."deletedAt" IS NULL
LEFT JOIN asset a ON a.id = ac."assetId"
WHERE ac."albumId" = $album
    AND (ac."assetId" IS NULL OR (a."deletedAt" IS NULL AND a.visibility <> 'locked'))
    AND ($asset::uuid IS NULL OR ac."assetId" = $asset);

-- sql: activity_delete(id uuid) -> void
DELETE FROM activity WHERE id = $id;
