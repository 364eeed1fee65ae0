-- Faces that other programs named, taken over from a file's metadata.

-- However the name is written, hidden people too; of several the oldest.
-- sql: face_import_person(owner uuid, name text) -> maybe uuid
SELECT id FROM person WHERE "ownerId" = $owner AND lower(name) = lower($name) ORDER BY "createdAt", id LIMIT 1;

-- sql: face_import_make_person(owner uuid, name text) -> one uuid
INSERT INTO person ("ownerId", name) VALUES ($owner, $name) RETURNING id;

-- The face, made when there is none in this place yet; one that its user removed is there and stays removed.
-- sql: face_import_put(asset uuid, person uuid, width int4, height int4, x1 int4, y1 int4, x2 int4, y2 int4) -> one uuid
WITH known AS (
    SELECT id FROM asset_face
    WHERE "assetId" = $asset AND "personId" = $person AND "sourceType" = 'exif'
        AND ("imageWidth", "imageHeight") = ($width, $height)
        AND ("boundingBoxX1", "boundingBoxY1", "boundingBoxX2", "boundingBoxY2") = ($x1, $y1, $x2, $y2)
    LIMIT 1
)
, made AS (
    INSERT INTO asset_face ("assetId", "personId", "sourceType", "imageWidth", "imageHeight",
        "boundingBoxX1", "boundingBoxY1", "boundingBoxX2", "boundingBoxY2")
    SELECT $asset, $person, 'exif', $width, $height, $x1, $y1, $x2, $y2 WHERE NOT EXISTS (SELECT FROM known)
    RETURNING id
)
SELECT id FROM known UNION ALL SELECT id FROM made;

-- sql: face_import_set_portrait(person uuid, face uuid) -> void
UPDATE person SET "faceAssetId" = $face WHERE id = $person;

-- sql: face_import_drop_others(asset uuid, keep uuid[]) -> void
DELETE FROM asset_face WHERE "assetId" = $asset AND "sourceType" = 'exif' AND id <> ALL ($keep);
