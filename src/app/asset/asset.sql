-- Assets as the API shows them. Every statement starts from ids that the caller has found allowed. `place` counts the
-- ids from 1, so that rows find the asset they belong to.

-- sql: asset_rows(ids uuid[]) -> many AssetResponseDto
SELECT a.id, a."createdAt", a."ownerId", a."libraryId", a.type, a."originalPath", a."originalFileName", a.thumbhash,
    a."fileCreatedAt", a."fileModifiedAt", a."localDateTime", a."updatedAt", a."isFavorite",
    a.visibility = 'archive' AS "isArchived", a."deletedAt" IS NOT NULL AS "isTrashed", a.visibility, a.duration,
    a."livePhotoVideoId", a.checksum, a."isOffline", true AS "hasMetadata", a."duplicateId", true AS resized, a.width,
    a.height, a."isEdited",
    e.make AS "exifInfo.make", e.model AS "exifInfo.model", e."exifImageWidth" AS "exifInfo.exifImageWidth",
    e."exifImageHeight" AS "exifInfo.exifImageHeight", nullif(e."fileSizeInByte", 0) AS "exifInfo.fileSizeInByte",
    e.orientation AS "exifInfo.orientation", e."dateTimeOriginal" AS "exifInfo.dateTimeOriginal",
    e."modifyDate" AS "exifInfo.modifyDate", e."timeZone" AS "exifInfo.timeZone", e."lensModel" AS "exifInfo.lensModel",
    e."fNumber" AS "exifInfo.fNumber", e."focalLength" AS "exifInfo.focalLength", e.iso AS "exifInfo.iso",
    e."exposureTime" AS "exifInfo.exposureTime", e.latitude AS "exifInfo.latitude", e.longitude AS "exifInfo.longitude",
    e.city AS "exifInfo.city", e.state AS "exifInfo.state", e.country AS "exifInfo.country",
    e.description AS "exifInfo.description", e."projectionType" AS "exifInfo.projectionType", e.rating AS "exifInfo.rating"
FROM unnest($ids) WITH ORDINALITY AS wanted (id, place)
JOIN asset a ON a.id = wanted.id
LEFT JOIN asset_exif e ON e."assetId" = a.id
ORDER BY wanted.place;

-- row: asset_tag (place int8, tag TagResponseDto)
-- sql: asset_tags(ids uuid[]) -> many asset_tag
SELECT wanted.place, t.id AS "tag.id", t."parentId" AS "tag.parentId", regexp_replace(t.value, '^.*/', '') AS "tag.name",
    t.value AS "tag.value", t."createdAt" AS "tag.createdAt", t."updatedAt" AS "tag.updatedAt", t.color AS "tag.color"
FROM unnest($ids) WITH ORDINALITY AS wanted (id, place)
JOIN tag_asset ta ON ta."assetId" = wanted.id
JOIN tag t ON t.id = ta."tagId"
ORDER BY wanted.place, t.value;

-- Persons of visible faces, each once, hidden persons too.
-- row: asset_person (place int8, person PersonResponseDto)
-- sql: asset_people(ids uuid[]) -> many asset_person
SELECT DISTINCT ON (wanted.place, p.id) wanted.place, p.id AS "person.id", p.name AS "person.name",
    p."birthDate" AS "person.birthDate", p."thumbnailPath" AS "person.thumbnailPath", p."isHidden" AS "person.isHidden",
    p."isFavorite" AS "person.isFavorite", p.color AS "person.color", p."updatedAt" AS "person.updatedAt"
FROM unnest($ids) WITH ORDINALITY AS wanted (id, place)
JOIN asset_face f ON f."assetId" = wanted.id AND f."deletedAt" IS NULL AND f."isVisible"
JOIN person p ON p.id = f."personId"
ORDER BY wanted.place, p.id;

-- Compat: a stack of which the timeline shows one asset, or none, is not told of.
-- row: asset_stack (place int8, stack AssetStackResponseDto)
-- sql: asset_stacks(ids uuid[]) -> many asset_stack
SELECT wanted.place, s.id AS "stack.id", s."primaryAssetId" AS "stack.primaryAssetId", shown.n AS "stack.assetCount"
FROM unnest($ids) WITH ORDINALITY AS wanted (id, place)
JOIN asset a ON a.id = wanted.id
JOIN stack s ON s.id = a."stackId"
JOIN LATERAL (
    SELECT count(*) AS n FROM asset m
    WHERE m."stackId" = s.id AND m."deletedAt" IS NULL AND m.visibility = 'timeline') shown ON shown.n > 1
ORDER BY wanted.place;

-- row: asset_owner (place int8, owner UserResponseDto)
-- sql: asset_owners(ids uuid[]) -> many asset_owner
SELECT wanted.place, u.id AS "owner.id", u.email AS "owner.email", u.name AS "owner.name",
    u."profileImagePath" AS "owner.profileImagePath", tintype.user_avatar(u."avatarColor", u.email) AS "owner.avatarColor",
    u."profileChangedAt" AS "owner.profileChangedAt"
FROM unnest($ids) WITH ORDINALITY AS wanted (id, place)
JOIN asset a ON a.id = wanted.id
JOIN "user" u ON u.id = a."ownerId"
ORDER BY wanted.place;

-- Counts of an owner's assets by type; without a visibility what the timeline and the archive hold. An index-only scan of
-- tintype_asset_timeline_idx.
-- sql: asset_statistics(owner uuid, visibility AssetVisibility?, favorite bool?) -> one AssetStatsResponseDto
SELECT count(*) FILTER (WHERE type = 'IMAGE') AS images, count(*) FILTER (WHERE type = 'VIDEO') AS videos, count(*) AS total
FROM asset
WHERE "ownerId" = $owner AND "deletedAt" IS NULL
    AND visibility = ANY(CASE WHEN $visibility::asset_visibility_enum IS NULL
        THEN ARRAY['archive', 'timeline']::asset_visibility_enum[] ELSE ARRAY[$visibility::asset_visibility_enum] END)
    AND ($favorite::boolean IS NULL OR "isFavorite" = $favorite);

-- The same of the trash; what is being deleted for good is not in it any more.
-- sql: asset_trash_statistics(owner uuid, visibility AssetVisibility?, favorite bool?) -> one AssetStatsResponseDto
SELECT count(*) FILTER (WHERE type = 'IMAGE') AS images, count(*) FILTER (WHERE type = 'VIDEO') AS videos, count(*) AS total
FROM asset
WHERE "ownerId" = $owner AND "deletedAt" IS NOT NULL AND status <> 'deleted'
    AND visibility = ANY(CASE WHEN $visibility::asset_visibility_enum IS NULL
        THEN ARRAY['archive', 'timeline']::asset_visibility_enum[] ELSE ARRAY[$visibility::asset_visibility_enum] END)
    AND ($favorite::boolean IS NULL OR "isFavorite" = $favorite);

-- Any library, trashed ones too. A file may be in several libraries; the uploaded one counts first.
-- row: known_checksum (checksum bytea, id uuid, isTrashed bool)
-- sql: asset_find_checksums(owner uuid, checksums bytea[]) -> many known_checksum
SELECT DISTINCT ON (checksum) checksum, id, "deletedAt" IS NOT NULL AS "isTrashed" FROM asset
WHERE "ownerId" = $owner AND checksum = ANY($checksums)
ORDER BY checksum, "libraryId" NULLS FIRST;

-- What POST /assets compares with: the upload library only.
-- sql: asset_find_uploaded(owner uuid, checksum bytea) -> maybe uuid
SELECT id FROM asset WHERE "ownerId" = $owner AND checksum = $checksum AND "libraryId" IS NULL;

-- row: asset_media (ownerId uuid, type AssetTypeEnum, originalPath text, originalFileName text, path text?)
-- The file of one type: with $edited that of the edited picture first, otherwise the plain one.
-- sql: asset_media_get(id uuid, type text, edited bool) -> maybe asset_media
SELECT a."ownerId", a.type, a."originalPath", a."originalFileName", f.path
FROM asset a
LEFT JOIN LATERAL (
    SELECT path FROM asset_file WHERE "assetId" = a.id AND type = $type
    ORDER BY "isEdited" = $edited DESC LIMIT 1) f ON true
WHERE a.id = $id;

-- The edited picture in full size alone, never another in its place.
-- sql: asset_original_get(id uuid, edited bool) -> maybe asset_media
SELECT a."ownerId", a.type, a."originalPath", a."originalFileName", f.path
FROM asset a
LEFT JOIN asset_file f ON $edited::boolean AND f."assetId" = a.id AND f.type = 'fullsize' AND f."isEdited"
WHERE a.id = $id;
