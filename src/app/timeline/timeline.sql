-- The timeline by months. A month is a range of localDateTime, which is wall-clock time written as UTC.

-- Whose assets are shown, and the version of what each one's buckets show (contract/tintype.sql).
-- row: timeline_owner (id uuid, version int8)
-- sql: timeline_owners(user uuid, partnersOf uuid?) -> many timeline_owner
SELECT o.id, coalesce((SELECT sum(v.version) FROM tintype.timeline_version v WHERE v.owner = o.id), 0)::bigint AS version
FROM (
    SELECT $user::uuid AS id
    UNION
    SELECT p."sharedById" FROM partner p
    JOIN "user" u ON u.id = p."sharedById" AND u."deletedAt" IS NULL
    WHERE p."sharedWithId" = $partnersOf::uuid AND p."inTimeline"
) o
ORDER BY o.id;

-- Months of what is not in the trash, newest first: each found by the newest asset before the last one, then counted by
-- its range, so that tintype_asset_timeline_idx answers alone. 1M assets in 144 months: 82 ms. With $stacked, those that
-- a stack hides behind its primary are taken off again, because the index does not know them.
-- sql: timeline_months(owners uuid[], visibilities AssetVisibility[], favorite bool?, stacked bool) -> many TimeBucketsResponseDto
WITH RECURSIVE month (owner, visibility, start) AS (
    SELECT o, v, (
        SELECT date_trunc('month', max(a."localDateTime") AT TIME ZONE 'UTC') FROM asset a
        WHERE a."ownerId" = o AND a.visibility = v AND a."deletedAt" IS NULL)
    FROM unnest($owners) AS o, unnest($visibilities::asset_visibility_enum[]) AS v
    UNION ALL
    SELECT m.owner, m.visibility, (
        SELECT date_trunc('month', max(a."localDateTime") AT TIME ZONE 'UTC') FROM asset a
        WHERE a."ownerId" = m.owner AND a.visibility = m.visibility AND a."deletedAt" IS NULL
            AND a."localDateTime" < m.start AT TIME ZONE 'UTC')
    FROM month m
    WHERE m.start IS NOT NULL
), counted AS MATERIALIZED (
    SELECT m.start, (
        SELECT count(*) FROM asset a
        WHERE a."ownerId" = m.owner AND a.visibility = m.visibility AND a."deletedAt" IS NULL
            AND a."localDateTime" >= m.start AT TIME ZONE 'UTC'
            AND a."localDateTime" < (m.start + interval '1 month') AT TIME ZONE 'UTC'
            AND ($favorite::boolean IS NULL OR a."isFavorite" = $favorite)) AS n
    FROM month m
    WHERE m.start IS NOT NULL
    UNION ALL
    SELECT date_trunc('month', a."localDateTime" AT TIME ZONE 'UTC'), -count(*)
    FROM stack s
    JOIN asset a ON a."stackId" = s.id AND a.id <> s."primaryAssetId"
    WHERE $stacked::boolean AND s."ownerId" = ANY($owners) AND a."ownerId" = ANY($owners)
        AND a.visibility = ANY($visibilities::asset_visibility_enum[]) AND a."deletedAt" IS NULL
        AND ($favorite::boolean IS NULL OR a."isFavorite" = $favorite)
    GROUP BY 1
)
SELECT to_char(start, 'YYYY-MM-DD') AS "timeBucket", sum(n)::bigint AS count
FROM counted
GROUP BY start
HAVING sum(n) > 0
ORDER BY start DESC;

-- Months under filters that no index answers alone; timeline_api.c adds them. Only what is left is formatted.
-- sql: timeline_filtered(byCreation bool) -> query TimeBucketsResponseDto
SELECT to_char(date_trunc('month', CASE WHEN $byCreation::boolean THEN a."createdAt" ELSE a."localDateTime" END AT TIME ZONE 'UTC'),
    'YYYY-MM-DD') AS "timeBucket", count(*) AS count
FROM asset a
WHERE true /*filters*/
GROUP BY date_trunc('month', CASE WHEN $byCreation::boolean THEN a."createdAt" ELSE a."localDateTime" END AT TIME ZONE 'UTC')
ORDER BY date_trunc('month', CASE WHEN $byCreation::boolean THEN a."createdAt" ELSE a."localDateTime" END AT TIME ZONE 'UTC') DESC;

-- The assets of one month as columns. Assets without an exif row are left out, though the months count them. OFFSET 0
-- keeps the planner from reading all of asset_exif, whose rows are few beside what it expects.
-- sql: timeline_bucket(caller uuid, stacked bool) -> query columns TimeBucketAssetResponseDto
SELECT a.duration, a.id, a.visibility, a."isFavorite" AND a."ownerId" = $caller AS "isFavorite", a.type = 'IMAGE' AS "isImage",
    a."deletedAt" IS NOT NULL AS "isTrashed", a."livePhotoVideoId",
    a."fileCreatedAt" AT TIME ZONE 'UTC' AS "fileCreatedAt",
    date_part('epoch', a."localDateTime" - a."fileCreatedAt") / 3600 AS "localOffsetHours",
    a."createdAt" AT TIME ZONE 'UTC' AS "createdAt",
    a."ownerId", e."projectionType",
    coalesce(floor(nullif(a.width, 0)::float8 / nullif(a.height, 0) * 1000 + 0.5) / 1000, 1) AS ratio,
    a.status, a.thumbhash, e.city, e.country, e.latitude, e.longitude,
    CASE WHEN $stacked::boolean AND a."stackId" IS NOT NULL THEN ARRAY[a."stackId"::text, (
        SELECT count(*) FROM asset m
        WHERE m."stackId" = a."stackId" AND m."deletedAt" IS NULL AND m.visibility = 'timeline')::text] END AS stack
FROM asset a
JOIN LATERAL (
    SELECT "projectionType", city, country, latitude, longitude FROM asset_exif WHERE "assetId" = a.id OFFSET 0) e ON true
WHERE true /*filters*/;
