-- The server about itself.

-- sql: server_version_history() -> many ServerVersionHistoryResponseDto
SELECT id, "createdAt", version FROM version_history ORDER BY "createdAt" DESC LIMIT 1000;

-- Deleted users count: their files are still there. Hidden assets take room, but are not photos or videos of their own.
-- sql: server_usage_by_user() -> many UsageByUserDto
SELECT u.id AS "userId", u.name AS "userName", u."quotaSizeInBytes",
    count(*) FILTER (WHERE a.type = 'IMAGE' AND a.visibility <> 'hidden') AS photos,
    count(*) FILTER (WHERE a.type = 'VIDEO' AND a.visibility <> 'hidden') AS videos,
    coalesce(sum(e."fileSizeInByte") FILTER (WHERE a."libraryId" IS NULL), 0)::bigint AS usage,
    coalesce(sum(e."fileSizeInByte") FILTER (WHERE a."libraryId" IS NULL AND a.type = 'IMAGE'), 0)::bigint AS "usagePhotos",
    coalesce(sum(e."fileSizeInByte") FILTER (WHERE a."libraryId" IS NULL AND a.type = 'VIDEO'), 0)::bigint AS "usageVideos"
FROM "user" u
LEFT JOIN asset a ON a."ownerId" = u.id AND a."deletedAt" IS NULL
LEFT JOIN asset_exif e ON e."assetId" = a.id
GROUP BY u.id
ORDER BY u."createdAt";
