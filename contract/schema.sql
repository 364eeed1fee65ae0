-- The schema `public` of an Immich 3.1.0 database, for an empty PostgreSQL 14 to 18 database.
--
-- Applied by src/db/migrate.c in one transaction and never changed by us afterwards: Immich must
-- be able to start on the result again. What Tintype adds is in tintype.sql. A test holds this file
-- against the catalogue of a real Immich database (tests/db/schema_compare.py).
--
-- Names that clients and Immich see are PostgreSQL's own choice where it chooses the same one:
-- TABLE_pkey for primary keys, TABLE_COLUMNS_fkey for foreign keys. All others are spelled out.
-- Every expression and partial index, every trigger and thirteen functions also have a row in
-- migration_overrides (section 12).
--
-- Settings read from the session:
--   tintype.vector_extension   'vchord' or 'vector'; unset: vchord where the server offers it

SET LOCAL search_path = public;

-- 1. Extensions ------------------------------------------------------------------------------

CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS cube;
CREATE EXTENSION IF NOT EXISTS earthdistance;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

DO $$
DECLARE
    chosen text := nullif(current_setting('tintype.vector_extension', true), '');
BEGIN
    IF chosen IS NULL THEN
        SELECT name INTO chosen FROM pg_available_extensions
        WHERE name IN ('vchord', 'vector') ORDER BY name LIMIT 1;
    END IF;
    -- CASCADE: vchord stores its vectors in the types of `vector`.
    EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I CASCADE', coalesce(chosen, 'vector'));
    -- Immich sets both on every database: the first is a left-over of its former vector
    -- extension, the second makes searches right while the index has a single list.
    EXECUTE format('ALTER DATABASE %I SET search_path = "$user", public, vectors',
                   current_database());
    IF chosen = 'vchord' THEN
        EXECUTE format('ALTER DATABASE %I SET vchordrq.probes = 1', current_database());
    END IF;
END
$$;

-- 2. Enumerations ----------------------------------------------------------------------------

CREATE TYPE album_user_role_enum AS ENUM ('owner', 'editor', 'viewer');
CREATE TYPE asset_checksum_algorithm_enum AS ENUM ('sha1', 'sha1-path');
CREATE TYPE asset_visibility_enum AS ENUM ('archive', 'timeline', 'hidden', 'locked');
CREATE TYPE assets_status_enum AS ENUM ('active', 'trashed', 'deleted');
CREATE TYPE sourcetype AS ENUM ('machine-learning', 'exif', 'manual');
CREATE TYPE video_stream_variant_codec_enum AS ENUM ('av1', 'hevc', 'h264');

-- 3. Functions that columns and indexes need ---------------------------------------------------

-- A UUIDv7: 48 bits of Unix milliseconds, then the random tail of a version 4 id, so ids made in
-- the same millisecond have no order. clock_timestamp(), not now(): rows that one transaction
-- writes must still sort as they were written. Bits 52 and 53 turn the version nibble 4 into 7.
CREATE FUNCTION immich_uuid_v7(p_timestamp timestamptz DEFAULT clock_timestamp())
RETURNS uuid LANGUAGE sql VOLATILE AS $$
    WITH part AS (
        SELECT uuid_send(gen_random_uuid()) AS random,
               int8send(floor(extract(epoch FROM p_timestamp) * 1000)::bigint) AS millis
    ), id AS (
        SELECT substring(millis FROM 3 FOR 6) || substring(random FROM 7) AS bytes FROM part
    )
    SELECT encode(set_bit(set_bit(bytes, 52, 1), 53, 1), 'hex')::uuid FROM id
$$;

-- Immutable forms of functions that PostgreSQL calls only stable, so that an index can use them.
CREATE FUNCTION f_concat_ws(text, text[])
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_string($2, $1)
$$;

CREATE FUNCTION f_unaccent(text)
RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN unaccent('unaccent'::regdictionary, $1);

-- Every name carries its schema: index builds and restores run with an empty search_path.
CREATE FUNCTION ll_to_earth_public(latitude double precision, longitude double precision)
RETURNS earth LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT public.cube(ARRAY[
        public.earth() * cos(radians(latitude)) * cos(radians(longitude)),
        public.earth() * cos(radians(latitude)) * sin(radians(longitude)),
        public.earth() * sin(radians(latitude))
    ])::public.earth
$$;

-- 4. Users and sessions ------------------------------------------------------------------------
-- session.token and api_key.key are the raw SHA-256 of what a client presents; passwords and PINs
-- are bcrypt. session.parentId: a casting session ends with the one that began it.

CREATE TABLE "user" (
    id                     uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    email                  varchar     NOT NULL,
    password               varchar     NOT NULL DEFAULT '',
    "createdAt"            timestamptz NOT NULL DEFAULT now(),
    "profileImagePath"     varchar     NOT NULL DEFAULT '',
    "isAdmin"              boolean     NOT NULL DEFAULT false,
    "shouldChangePassword" boolean     NOT NULL DEFAULT true,
    "deletedAt"            timestamptz,
    "oauthId"              varchar     NOT NULL DEFAULT '',
    "updatedAt"            timestamptz NOT NULL DEFAULT now(),
    "storageLabel"         varchar,
    name                   varchar     NOT NULL DEFAULT '',
    "quotaSizeInBytes"     bigint,
    "quotaUsageInBytes"    bigint      NOT NULL DEFAULT 0,
    status                 varchar     NOT NULL DEFAULT 'active',
    "profileChangedAt"     timestamptz NOT NULL DEFAULT now(),
    "updateId"             uuid        NOT NULL DEFAULT immich_uuid_v7(),
    "avatarColor"          varchar,
    "pinCode"              varchar,
    CONSTRAINT user_email_uq UNIQUE (email),
    CONSTRAINT "user_storageLabel_uq" UNIQUE ("storageLabel")
);
CREATE INDEX "user_updateId_idx" ON "user" ("updateId");
CREATE INDEX "user_updatedAt_id_idx" ON "user" ("updatedAt", id);

CREATE TABLE user_metadata (
    "userId"    uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    key         varchar     NOT NULL,
    value       jsonb       NOT NULL,
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY ("userId", key)
);
CREATE INDEX "IDX_user_metadata_update_id" ON user_metadata ("updateId");
CREATE INDEX "IDX_user_metadata_updated_at" ON user_metadata ("updatedAt");

CREATE TABLE session (
    id                   uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    token                bytea       NOT NULL,
    "createdAt"          timestamptz NOT NULL DEFAULT now(),
    "updatedAt"          timestamptz NOT NULL DEFAULT now(),
    "userId"             uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "deviceType"         varchar     NOT NULL DEFAULT '',
    "deviceOS"           varchar     NOT NULL DEFAULT '',
    "updateId"           uuid        NOT NULL DEFAULT immich_uuid_v7(),
    "pinExpiresAt"       timestamptz,
    "expiresAt"          timestamptz,
    "parentId"           uuid REFERENCES session (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "isPendingSyncReset" boolean     NOT NULL DEFAULT false,
    "appVersion"         varchar,
    "oauthSid"           varchar,
    "oauthBearerToken"   varchar
);
CREATE INDEX "session_oauthSid_idx" ON session ("oauthSid");
CREATE INDEX "session_parentId_idx" ON session ("parentId");
CREATE INDEX session_token_idx ON session (token);
CREATE INDEX "session_updateId_idx" ON session ("updateId");
CREATE INDEX "session_userId_idx" ON session ("userId");

CREATE TABLE session_sync_checkpoint (
    "sessionId" uuid        NOT NULL REFERENCES session (id) ON UPDATE CASCADE ON DELETE CASCADE,
    type        varchar     NOT NULL,
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    ack         varchar     NOT NULL,
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7(),
    PRIMARY KEY ("sessionId", type)
);
CREATE INDEX "session_sync_checkpoint_sessionId_idx" ON session_sync_checkpoint ("sessionId");
CREATE INDEX "session_sync_checkpoint_updateId_idx" ON session_sync_checkpoint ("updateId");

CREATE TABLE api_key (
    name        varchar     NOT NULL,
    key         bytea       NOT NULL,
    "userId"    uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    id          uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    permissions varchar[]   NOT NULL,
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7()
);
CREATE INDEX api_key_key_idx ON api_key (key);
CREATE INDEX "api_key_updateId_idx" ON api_key ("updateId");
CREATE INDEX "api_key_userId_idx" ON api_key ("userId");

CREATE TABLE partner (
    "sharedById"   uuid        NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    "sharedWithId" uuid        NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    "createdAt"    timestamptz NOT NULL DEFAULT now(),
    "updatedAt"    timestamptz NOT NULL DEFAULT now(),
    "inTimeline"   boolean     NOT NULL DEFAULT false,
    "updateId"     uuid        NOT NULL DEFAULT immich_uuid_v7(),
    "createId"     uuid        NOT NULL DEFAULT immich_uuid_v7(),
    PRIMARY KEY ("sharedById", "sharedWithId")
);
CREATE INDEX "partner_createId_idx" ON partner ("createId");
CREATE INDEX "partner_sharedWithId_idx" ON partner ("sharedWithId");
CREATE INDEX "partner_updateId_idx" ON partner ("updateId");

-- 5. Libraries and assets ----------------------------------------------------------------------
-- An uploaded asset has no libraryId. Its checksum is the SHA-1 of the file and unique per owner:
-- UQ_assets_owner_checksum decides what a duplicate is. An external one has the SHA-1 of the text
-- "path:" and its path, unique per library. Durations are milliseconds. localDateTime is the local
-- wall clock written as if it were UTC, so its indexes need no zone.

CREATE TABLE library (
    id                  uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    name                varchar     NOT NULL,
    "ownerId"           uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "importPaths"       text[]      NOT NULL,
    "exclusionPatterns" text[]      NOT NULL,
    "createdAt"         timestamptz NOT NULL DEFAULT now(),
    "updatedAt"         timestamptz NOT NULL DEFAULT now(),
    "deletedAt"         timestamptz,
    "refreshedAt"       timestamptz,
    "updateId"          uuid        NOT NULL DEFAULT immich_uuid_v7()
);
CREATE INDEX "library_ownerId_idx" ON library ("ownerId");
CREATE INDEX "library_updateId_idx" ON library ("updateId");

CREATE TABLE asset (
    id                  uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "ownerId"           uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    type                varchar     NOT NULL,
    "originalPath"      varchar     NOT NULL,
    "fileCreatedAt"     timestamptz NOT NULL,
    "fileModifiedAt"    timestamptz NOT NULL,
    "isFavorite"        boolean     NOT NULL DEFAULT false,
    duration            integer,
    checksum            bytea       NOT NULL,
    "livePhotoVideoId"  uuid REFERENCES asset (id) ON UPDATE CASCADE ON DELETE SET NULL,
    "updatedAt"         timestamptz NOT NULL DEFAULT now(),
    "createdAt"         timestamptz NOT NULL DEFAULT now(),
    "originalFileName"  varchar     NOT NULL,
    thumbhash           bytea,
    "isOffline"         boolean     NOT NULL DEFAULT false,
    "libraryId"         uuid REFERENCES library (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "isExternal"        boolean     NOT NULL DEFAULT false,
    "deletedAt"         timestamptz,
    "localDateTime"     timestamptz NOT NULL,
    "stackId"           uuid,
    "duplicateId"       uuid,
    status              assets_status_enum NOT NULL DEFAULT 'active',
    "updateId"          uuid        NOT NULL DEFAULT immich_uuid_v7(),
    visibility          asset_visibility_enum NOT NULL DEFAULT 'timeline',
    width               integer,
    height              integer,
    "isEdited"          boolean     NOT NULL DEFAULT false,
    "checksumAlgorithm" asset_checksum_algorithm_enum NOT NULL
);
CREATE UNIQUE INDEX "UQ_assets_owner_checksum" ON asset ("ownerId", checksum)
    WHERE "libraryId" IS NULL;
CREATE INDEX asset_checksum_idx ON asset (checksum);
CREATE INDEX "asset_createdAt_idx" ON asset ("createdAt");
CREATE INDEX "asset_duplicateId_idx" ON asset ("duplicateId");
CREATE INDEX "asset_fileCreatedAt_idx" ON asset ("fileCreatedAt");
CREATE INDEX "asset_id_stackId_idx" ON asset (id, "stackId");
CREATE INDEX "asset_id_timeline_notDeleted_idx" ON asset (id)
    WHERE visibility = 'timeline' AND "deletedAt" IS NULL;
CREATE INDEX "asset_libraryId_idx" ON asset ("libraryId");
CREATE INDEX "asset_livePhotoVideoId_idx" ON asset ("livePhotoVideoId");
CREATE INDEX "asset_localDateTime_idx" ON asset ((("localDateTime" AT TIME ZONE 'UTC')::date));
CREATE INDEX "asset_localDateTime_month_idx" ON asset
    ((date_trunc('MONTH', ("localDateTime" AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC'));
CREATE INDEX "asset_originalFileName_idx" ON asset ("originalFileName");
CREATE INDEX "asset_originalFilename_trigram_idx" ON asset USING gin
    (f_unaccent("originalFileName") gin_trgm_ops);
CREATE INDEX "asset_originalPath_libraryId_idx" ON asset ("originalPath", "libraryId");
CREATE INDEX "asset_ownerId_idx" ON asset ("ownerId");
CREATE UNIQUE INDEX "asset_ownerId_libraryId_checksum_idx" ON asset
    ("ownerId", "libraryId", checksum)
    WHERE "libraryId" IS NOT NULL;
CREATE INDEX "asset_stackId_idx" ON asset ("stackId");
CREATE INDEX "asset_updateId_idx" ON asset ("updateId");

CREATE TABLE stack (
    id               uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "primaryAssetId" uuid        NOT NULL REFERENCES asset (id),
    "ownerId"        uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "createdAt"      timestamptz NOT NULL DEFAULT now(),
    "updatedAt"      timestamptz NOT NULL DEFAULT now(),
    "updateId"       uuid        NOT NULL DEFAULT immich_uuid_v7(),
    CONSTRAINT "stack_primaryAssetId_uq" UNIQUE ("primaryAssetId")
);
CREATE INDEX "stack_ownerId_idx" ON stack ("ownerId");
CREATE INDEX "stack_primaryAssetId_idx" ON stack ("primaryAssetId");
ALTER TABLE asset ADD FOREIGN KEY ("stackId")
    REFERENCES stack (id) ON UPDATE CASCADE ON DELETE SET NULL;

CREATE TABLE asset_exif (
    "assetId"            uuid        PRIMARY KEY REFERENCES asset (id) ON DELETE CASCADE,
    make                 varchar,
    model                varchar,
    "exifImageWidth"     integer,
    "exifImageHeight"    integer,
    "fileSizeInByte"     bigint,
    orientation          varchar,
    "dateTimeOriginal"   timestamptz,
    "modifyDate"         timestamptz,
    "lensModel"          varchar,
    "fNumber"            double precision,
    "focalLength"        double precision,
    iso                  integer,
    latitude             double precision,
    longitude            double precision,
    city                 varchar,
    state                varchar,
    country              varchar,
    description          text        NOT NULL DEFAULT '',
    fps                  double precision,
    "exposureTime"       varchar,
    "livePhotoCID"       varchar,
    "timeZone"           varchar,
    "projectionType"     varchar,
    "profileDescription" varchar,
    colorspace           varchar,
    "bitsPerSample"      integer,
    "autoStackId"        varchar,
    rating               integer,
    "updatedAt"          timestamptz NOT NULL DEFAULT clock_timestamp(),
    "updateId"           uuid        NOT NULL DEFAULT immich_uuid_v7(),
    "lockedProperties"   varchar[],
    tags                 varchar[]
);
CREATE INDEX "IDX_asset_exif_gist_earthcoord" ON asset_exif USING gist
    (ll_to_earth_public(latitude, longitude));
CREATE INDEX "asset_exif_autoStackId_idx" ON asset_exif ("autoStackId");
CREATE INDEX asset_exif_city_idx ON asset_exif (city);
CREATE INDEX "asset_exif_livePhotoCID_idx" ON asset_exif ("livePhotoCID");
CREATE INDEX "asset_exif_updateId_idx" ON asset_exif ("updateId");

CREATE TABLE asset_file (
    id              uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "assetId"       uuid        NOT NULL REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "createdAt"     timestamptz NOT NULL DEFAULT now(),
    "updatedAt"     timestamptz NOT NULL DEFAULT now(),
    type            varchar     NOT NULL,
    path            varchar     NOT NULL,
    "updateId"      uuid        NOT NULL DEFAULT immich_uuid_v7(),
    "isEdited"      boolean     NOT NULL DEFAULT false,
    "isProgressive" boolean     NOT NULL DEFAULT false,
    "isTransparent" boolean     NOT NULL DEFAULT false,
    CONSTRAINT "asset_file_assetId_type_isEdited_uq" UNIQUE ("assetId", type, "isEdited")
);
CREATE INDEX "asset_file_assetId_idx" ON asset_file ("assetId");
CREATE INDEX "asset_file_updateId_idx" ON asset_file ("updateId");

CREATE TABLE asset_job_status (
    "assetId"              uuid        PRIMARY KEY REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "facesRecognizedAt"    timestamptz,
    "metadataExtractedAt"  timestamptz,
    "duplicatesDetectedAt" timestamptz,
    "ocrAt"                timestamptz
);

CREATE TABLE asset_metadata (
    "assetId"   uuid        NOT NULL REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    key         varchar     NOT NULL,
    value       jsonb       NOT NULL,
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY ("assetId", key)
);
CREATE INDEX "asset_metadata_updateId_idx" ON asset_metadata ("updateId");
CREATE INDEX "asset_metadata_updatedAt_idx" ON asset_metadata ("updatedAt");

CREATE TABLE asset_edit (
    id          uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "assetId"   uuid        NOT NULL REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    action      varchar     NOT NULL,
    parameters  jsonb       NOT NULL,
    sequence    integer     NOT NULL,
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7(),
    CONSTRAINT "asset_edit_assetId_sequence_uq" UNIQUE ("assetId", sequence)
);
CREATE INDEX "asset_edit_assetId_idx" ON asset_edit ("assetId");
CREATE INDEX "asset_edit_updateId_idx" ON asset_edit ("updateId");

CREATE TABLE asset_audio (
    "assetId"   uuid     PRIMARY KEY REFERENCES asset (id) ON DELETE CASCADE,
    bitrate     integer  NOT NULL,
    index       smallint NOT NULL,
    profile     smallint,
    "codecName" text     NOT NULL
);

CREATE TABLE asset_video (
    "assetId"                   uuid     PRIMARY KEY REFERENCES asset (id) ON DELETE CASCADE,
    bitrate                     integer  NOT NULL,
    "frameCount"                integer  NOT NULL,
    "timeBase"                  integer  NOT NULL,
    index                       smallint NOT NULL,
    profile                     smallint,
    level                       smallint,
    "colorPrimaries"            smallint NOT NULL,
    "colorTransfer"             smallint NOT NULL,
    "colorMatrix"               smallint NOT NULL,
    "dvProfile"                 smallint,
    "dvLevel"                   smallint,
    "dvBlSignalCompatibilityId" smallint,
    "codecName"                 text     NOT NULL,
    "formatName"                text     NOT NULL,
    "formatLongName"            text     NOT NULL,
    "pixelFormat"               text     NOT NULL
);

CREATE TABLE asset_keyframe (
    "assetId"       uuid      PRIMARY KEY REFERENCES asset (id) ON DELETE CASCADE,
    pts             integer[] NOT NULL,
    "accDuration"   integer[] NOT NULL,
    "ownDuration"   integer[] NOT NULL,
    "totalDuration" integer   NOT NULL,
    "packetCount"   integer   NOT NULL,
    "outputFrames"  integer   NOT NULL
);

-- 6. People, text and vectors ------------------------------------------------------------------
-- 512 is the dimension of the default search model; another model's is set by ALTER when it is
-- chosen. Vectors are never compressed (STORAGE EXTERNAL): they do not shrink, and are read in bulk.

CREATE TABLE person (
    id              uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "createdAt"     timestamptz NOT NULL DEFAULT now(),
    "updatedAt"     timestamptz NOT NULL DEFAULT now(),
    "ownerId"       uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    name            varchar     NOT NULL DEFAULT '',
    "thumbnailPath" varchar     NOT NULL DEFAULT '',
    "isHidden"      boolean     NOT NULL DEFAULT false,
    "birthDate"     date,
    "faceAssetId"   uuid,
    "isFavorite"    boolean     NOT NULL DEFAULT false,
    color           varchar,
    "updateId"      uuid        NOT NULL DEFAULT immich_uuid_v7(),
    CONSTRAINT "person_birthDate_chk" CHECK ("birthDate" <= CURRENT_DATE)
);
CREATE INDEX idx_person_name_trigram ON person USING gin (f_unaccent(name) gin_trgm_ops);
CREATE INDEX "person_faceAssetId_idx" ON person ("faceAssetId");
CREATE INDEX "person_ownerId_idx" ON person ("ownerId");
CREATE INDEX "person_updateId_idx" ON person ("updateId");

CREATE TABLE asset_face (
    "assetId"       uuid        NOT NULL REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "personId"      uuid REFERENCES person (id) ON UPDATE CASCADE ON DELETE SET NULL,
    "imageWidth"    integer     NOT NULL DEFAULT 0,
    "imageHeight"   integer     NOT NULL DEFAULT 0,
    "boundingBoxX1" integer     NOT NULL DEFAULT 0,
    "boundingBoxY1" integer     NOT NULL DEFAULT 0,
    "boundingBoxX2" integer     NOT NULL DEFAULT 0,
    "boundingBoxY2" integer     NOT NULL DEFAULT 0,
    id              uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "sourceType"    sourcetype  NOT NULL DEFAULT 'machine-learning',
    "deletedAt"     timestamptz,
    "updatedAt"     timestamptz NOT NULL DEFAULT now(),
    "updateId"      uuid        NOT NULL DEFAULT immich_uuid_v7(),
    "isVisible"     boolean     NOT NULL DEFAULT true
);
CREATE INDEX "asset_face_assetId_personId_idx" ON asset_face ("assetId", "personId");
CREATE INDEX "asset_face_personId_assetId_idx" ON asset_face ("personId", "assetId");
CREATE INDEX "asset_face_personId_assetId_notDeleted_isVisible_idx" ON asset_face
    ("personId", "assetId")
    WHERE "deletedAt" IS NULL AND "isVisible" IS TRUE;
ALTER TABLE person ADD FOREIGN KEY ("faceAssetId")
    REFERENCES asset_face (id) ON DELETE SET NULL;

CREATE TABLE face_search (
    "faceId"  uuid        PRIMARY KEY REFERENCES asset_face (id) ON DELETE CASCADE,
    embedding vector(512) NOT NULL
);

CREATE TABLE smart_search (
    "assetId" uuid        PRIMARY KEY REFERENCES asset (id) ON DELETE CASCADE,
    embedding vector(512) NOT NULL
);
ALTER TABLE smart_search ALTER embedding SET STORAGE EXTERNAL;

CREATE TABLE asset_ocr (
    id          uuid    DEFAULT uuid_generate_v4() PRIMARY KEY,
    "assetId"   uuid    NOT NULL REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    x1          real    NOT NULL,
    y1          real    NOT NULL,
    x2          real    NOT NULL,
    y2          real    NOT NULL,
    x3          real    NOT NULL,
    y3          real    NOT NULL,
    x4          real    NOT NULL,
    y4          real    NOT NULL,
    "boxScore"  real    NOT NULL,
    "textScore" real    NOT NULL,
    text        text    NOT NULL,
    "isVisible" boolean NOT NULL DEFAULT true,
    "updateId"  uuid    NOT NULL DEFAULT immich_uuid_v7()
);
CREATE INDEX "asset_ocr_assetId_idx" ON asset_ocr ("assetId");
CREATE INDEX "asset_ocr_updateId_idx" ON asset_ocr ("updateId");

CREATE TABLE ocr_search (
    "assetId" uuid PRIMARY KEY REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    text      text NOT NULL
);
CREATE INDEX idx_ocr_search_text ON ocr_search USING gin (f_unaccent(text) gin_trgm_ops);

-- The vector indexes follow the extension. One list is right for a new VectorChord index.
DO $do$
DECLARE
    method text := CASE
        WHEN EXISTS (SELECT FROM pg_extension WHERE extname = 'vchord') THEN $m$
            USING vchordrq (embedding vector_cosine_ops) WITH (options = $toml$
                residual_quantization = false
                [build.internal]
                lists = [1]
                spherical_centroids = true
                build_threads = 4
                sampling_factor = 1024
            $toml$)$m$
        ELSE $m$
            USING hnsw (embedding vector_cosine_ops) WITH (ef_construction = 300, m = 16)$m$
    END;
BEGIN
    EXECUTE 'CREATE INDEX clip_index ON smart_search' || method;
    EXECUTE 'CREATE INDEX face_index ON face_search' || method;
END
$do$;

-- 7. Albums and shared links -------------------------------------------------------------------
-- The owner of an album is its album_user row of role owner, exactly one (album_user_unique_owner).
-- A comment or like on an asset goes when the asset leaves the album (activity refers to album_asset).

CREATE TABLE album (
    id                      uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "albumName"             varchar     NOT NULL DEFAULT 'Untitled Album',
    "createdAt"             timestamptz NOT NULL DEFAULT now(),
    "albumThumbnailAssetId" uuid REFERENCES asset (id) ON UPDATE CASCADE ON DELETE SET NULL,
    "updatedAt"             timestamptz NOT NULL DEFAULT now(),
    description             text        NOT NULL DEFAULT '',
    "deletedAt"             timestamptz,
    "isActivityEnabled"     boolean     NOT NULL DEFAULT true,
    "order"                 varchar     NOT NULL DEFAULT 'desc',
    "updateId"              uuid        NOT NULL DEFAULT immich_uuid_v7()
);
COMMENT ON COLUMN album."albumThumbnailAssetId" IS 'Asset ID to be used as thumbnail';
CREATE INDEX "album_albumThumbnailAssetId_idx" ON album ("albumThumbnailAssetId");
CREATE INDEX "album_updateId_idx" ON album ("updateId");

CREATE TABLE album_user (
    "albumId"   uuid        NOT NULL REFERENCES album (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "userId"    uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    role        album_user_role_enum NOT NULL DEFAULT 'editor',
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    "createId"  uuid        NOT NULL DEFAULT immich_uuid_v7(),
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY ("albumId", "userId")
);
CREATE INDEX "album_user_albumId_idx" ON album_user ("albumId");
CREATE INDEX "album_user_createId_idx" ON album_user ("createId");
CREATE UNIQUE INDEX album_user_unique_owner ON album_user ("albumId")
    WHERE role = 'owner';
CREATE INDEX "album_user_updateId_idx" ON album_user ("updateId");
CREATE INDEX "album_user_userId_idx" ON album_user ("userId");

CREATE TABLE album_asset (
    "albumId"   uuid        NOT NULL REFERENCES album (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "assetId"   uuid        NOT NULL REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7(),
    PRIMARY KEY ("albumId", "assetId")
);
CREATE INDEX "album_asset_albumId_idx" ON album_asset ("albumId");
CREATE INDEX "album_asset_assetId_idx" ON album_asset ("assetId");
CREATE INDEX "album_asset_updateId_idx" ON album_asset ("updateId");

CREATE TABLE activity (
    id          uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    "albumId"   uuid        NOT NULL REFERENCES album (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "userId"    uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "assetId"   uuid REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    comment     text,
    "isLiked"   boolean     NOT NULL DEFAULT false,
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7(),
    FOREIGN KEY ("albumId", "assetId") REFERENCES album_asset ("albumId", "assetId") ON DELETE CASCADE,
    CONSTRAINT activity_like_check
        CHECK (comment IS NULL AND "isLiked" = true OR comment IS NOT NULL AND "isLiked" = false)
);
CREATE INDEX "activity_albumId_assetId_idx" ON activity ("albumId", "assetId");
CREATE INDEX "activity_albumId_idx" ON activity ("albumId");
CREATE INDEX "activity_assetId_idx" ON activity ("assetId");
CREATE UNIQUE INDEX activity_like_idx ON activity ("assetId", "userId", "albumId")
    WHERE "isLiked" = true;
CREATE INDEX "activity_updateId_idx" ON activity ("updateId");
CREATE INDEX "activity_userId_idx" ON activity ("userId");

CREATE TABLE shared_link (
    id              uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    description     varchar,
    "userId"        uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    key             bytea       NOT NULL,
    type            varchar     NOT NULL,
    "createdAt"     timestamptz NOT NULL DEFAULT now(),
    "expiresAt"     timestamptz,
    "allowUpload"   boolean     NOT NULL DEFAULT false,
    "albumId"       uuid REFERENCES album (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "allowDownload" boolean     NOT NULL DEFAULT true,
    "showExif"      boolean     NOT NULL DEFAULT true,
    password        varchar,
    slug            varchar,
    CONSTRAINT shared_link_key_uq UNIQUE (key),
    CONSTRAINT shared_link_slug_uq UNIQUE (slug)
);
CREATE INDEX "shared_link_albumId_idx" ON shared_link ("albumId");
CREATE INDEX shared_link_key_idx ON shared_link (key);
CREATE INDEX "shared_link_userId_idx" ON shared_link ("userId");

CREATE TABLE shared_link_asset (
    "assetId"      uuid NOT NULL REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "sharedLinkId" uuid NOT NULL REFERENCES shared_link (id) ON UPDATE CASCADE ON DELETE CASCADE,
    PRIMARY KEY ("assetId", "sharedLinkId")
);
CREATE INDEX "shared_link_asset_assetId_idx" ON shared_link_asset ("assetId");
CREATE INDEX "shared_link_asset_sharedLinkId_idx" ON shared_link_asset ("sharedLinkId");

-- 8. Tags and memories -------------------------------------------------------------------------
-- tag.value is the whole path ("travel/japan"); tag_closure holds every pair of ancestor and
-- descendant, the tag itself included. memory_asset calls its memory "memoriesId".

CREATE TABLE tag (
    id          uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "userId"    uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    value       varchar     NOT NULL,
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    color       varchar,
    "parentId"  uuid REFERENCES tag (id) ON DELETE CASCADE,
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7(),
    CONSTRAINT "tag_userId_value_uq" UNIQUE ("userId", value)
);
CREATE INDEX "tag_parentId_idx" ON tag ("parentId");
CREATE INDEX "tag_updateId_idx" ON tag ("updateId");

CREATE TABLE tag_asset (
    "assetId" uuid NOT NULL REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "tagId"   uuid NOT NULL REFERENCES tag (id) ON UPDATE CASCADE ON DELETE CASCADE,
    PRIMARY KEY ("assetId", "tagId")
);
CREATE INDEX "tag_asset_assetId_idx" ON tag_asset ("assetId");
CREATE INDEX "tag_asset_assetId_tagId_idx" ON tag_asset ("assetId", "tagId");
CREATE INDEX "tag_asset_tagId_idx" ON tag_asset ("tagId");

CREATE TABLE tag_closure (
    id_ancestor   uuid NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
    id_descendant uuid NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
    PRIMARY KEY (id_ancestor, id_descendant)
);
CREATE INDEX tag_closure_id_ancestor_idx ON tag_closure (id_ancestor);
CREATE INDEX tag_closure_id_descendant_idx ON tag_closure (id_descendant);

CREATE TABLE memory (
    id          uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    "deletedAt" timestamptz,
    "ownerId"   uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    type        varchar     NOT NULL,
    data        jsonb       NOT NULL,
    "isSaved"   boolean     NOT NULL DEFAULT false,
    "memoryAt"  timestamptz NOT NULL,
    "seenAt"    timestamptz,
    "showAt"    timestamptz,
    "hideAt"    timestamptz,
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7()
);
CREATE INDEX "memory_ownerId_idx" ON memory ("ownerId");
CREATE INDEX "memory_updateId_idx" ON memory ("updateId");

CREATE TABLE memory_asset (
    "memoriesId" uuid        NOT NULL REFERENCES memory (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "assetId"    uuid        NOT NULL REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "createdAt"  timestamptz NOT NULL DEFAULT now(),
    "updatedAt"  timestamptz NOT NULL DEFAULT now(),
    "updateId"   uuid        NOT NULL DEFAULT immich_uuid_v7(),
    PRIMARY KEY ("memoriesId", "assetId")
);
CREATE INDEX "memory_asset_assetId_idx" ON memory_asset ("assetId");
CREATE INDEX "memory_asset_memoriesId_idx" ON memory_asset ("memoriesId");
CREATE INDEX "memory_asset_updateId_idx" ON memory_asset ("updateId");

-- 9. Places, workflows, video streams ----------------------------------------------------------
-- The two tables of places are filled, and made anew, by the import of geographic data.

CREATE TABLE geodata_places (
    id                 integer     PRIMARY KEY,
    name               varchar(200) NOT NULL,
    longitude          double precision NOT NULL,
    latitude           double precision NOT NULL,
    "countryCode"      char(2)     NOT NULL,
    "admin1Code"       varchar(20),
    "admin2Code"       varchar(80),
    "modificationDate" date        NOT NULL,
    "admin1Name"       varchar,
    "admin2Name"       varchar,
    "alternateNames"   varchar
);
CREATE INDEX "IDX_geodata_gist_earthcoord" ON geodata_places USING gist
    (ll_to_earth_public(latitude, longitude));
CREATE INDEX idx_geodata_places_admin1_name ON geodata_places USING gin
    (f_unaccent("admin1Name") gin_trgm_ops);
CREATE INDEX idx_geodata_places_admin2_name ON geodata_places USING gin
    (f_unaccent("admin2Name") gin_trgm_ops);
CREATE INDEX idx_geodata_places_alternate_names ON geodata_places USING gin
    (f_unaccent("alternateNames") gin_trgm_ops);
CREATE INDEX idx_geodata_places_name ON geodata_places USING gin (f_unaccent(name) gin_trgm_ops);

CREATE TABLE naturalearth_countries (
    id          integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    admin       varchar(50) NOT NULL,
    admin_a3    varchar(3)  NOT NULL,
    type        varchar(50) NOT NULL,
    coordinates polygon     NOT NULL
);

CREATE TABLE plugin (
    id          uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    enabled     boolean     NOT NULL DEFAULT true,
    name        varchar     NOT NULL,
    version     varchar     NOT NULL,
    title       varchar     NOT NULL,
    description varchar     NOT NULL,
    author      varchar     NOT NULL,
    "wasmBytes" bytea       NOT NULL,
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    templates   jsonb       NOT NULL,
    sha256hash  bytea       NOT NULL,
    CONSTRAINT plugin_name_uq UNIQUE (name),
    CONSTRAINT plugin_name_version_uq UNIQUE (name, version)
);
CREATE INDEX plugin_name_idx ON plugin (name);

CREATE TABLE plugin_method (
    id              uuid      DEFAULT uuid_generate_v4() PRIMARY KEY,
    "pluginId"      uuid      NOT NULL REFERENCES plugin (id) ON UPDATE CASCADE ON DELETE CASCADE,
    name            varchar   NOT NULL,
    title           varchar   NOT NULL,
    description     varchar   NOT NULL,
    types           varchar[] NOT NULL,
    "hostFunctions" boolean   NOT NULL DEFAULT false,
    "uiHints"       varchar[] NOT NULL DEFAULT '{}',
    schema          jsonb,
    "allowedHosts"  varchar[] NOT NULL DEFAULT '{}',
    CONSTRAINT "plugin_method_pluginId_name_uq" UNIQUE ("pluginId", name)
);
CREATE INDEX "plugin_method_pluginId_idx" ON plugin_method ("pluginId");

CREATE TABLE workflow (
    id          uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "ownerId"   uuid        NOT NULL REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "trigger"   varchar     NOT NULL,
    name        varchar,
    description varchar,
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7(),
    enabled     boolean     NOT NULL DEFAULT true
);
CREATE INDEX "workflow_ownerId_idx" ON workflow ("ownerId");

CREATE TABLE workflow_step (
    id               uuid    DEFAULT uuid_generate_v4() PRIMARY KEY,
    enabled          boolean NOT NULL DEFAULT true,
    "workflowId"     uuid    NOT NULL REFERENCES workflow (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "pluginMethodId" uuid    NOT NULL REFERENCES plugin_method (id) ON UPDATE CASCADE ON DELETE CASCADE,
    config           jsonb,
    "order"          integer NOT NULL
);
CREATE INDEX "workflow_step_pluginMethodId_idx" ON workflow_step ("pluginMethodId");
CREATE INDEX "workflow_step_workflowId_idx" ON workflow_step ("workflowId");

CREATE TABLE video_stream_session (
    id          uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "assetId"   uuid        NOT NULL REFERENCES asset (id) ON DELETE CASCADE,
    "expiresAt" timestamptz NOT NULL,
    "createdAt" timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX "video_stream_session_assetId_idx" ON video_stream_session ("assetId");
CREATE INDEX "video_stream_session_expiresAt_idx" ON video_stream_session ("expiresAt");

CREATE TABLE video_stream_variant (
    id          uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "sessionId" uuid        NOT NULL REFERENCES video_stream_session (id) ON DELETE CASCADE,
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    bitrate     integer     NOT NULL,
    codec       video_stream_variant_codec_enum NOT NULL,
    resolution  smallint    NOT NULL
);
CREATE UNIQUE INDEX "video_stream_variant_sessionId_bitrate_resolution_codec_idx" ON video_stream_variant
    ("sessionId", bitrate, resolution, codec);

CREATE TABLE video_stream_segment (
    "variantId"  uuid    NOT NULL REFERENCES video_stream_variant (id) ON DELETE CASCADE,
    index        integer NOT NULL,
    "durationUs" integer NOT NULL,
    PRIMARY KEY ("variantId", index)
);

-- 10. The server itself ------------------------------------------------------------------------

CREATE TABLE system_metadata (
    key   varchar PRIMARY KEY,
    value jsonb   NOT NULL
);

CREATE TABLE version_history (
    id          uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    version     varchar     NOT NULL
);

CREATE TABLE notification (
    id          uuid        DEFAULT uuid_generate_v4() PRIMARY KEY,
    "createdAt" timestamptz NOT NULL DEFAULT now(),
    "updatedAt" timestamptz NOT NULL DEFAULT now(),
    "deletedAt" timestamptz,
    "updateId"  uuid        NOT NULL DEFAULT immich_uuid_v7(),
    "userId"    uuid REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
    level       varchar     NOT NULL DEFAULT 'info',
    type        varchar     NOT NULL DEFAULT 'info',
    data        jsonb,
    title       varchar     NOT NULL,
    description text,
    "readAt"    timestamptz
);
CREATE INDEX "notification_updateId_idx" ON notification ("updateId");
CREATE INDEX "notification_userId_idx" ON notification ("userId");

CREATE TABLE move_history (
    id         uuid    DEFAULT uuid_generate_v4() PRIMARY KEY,
    "entityId" uuid    NOT NULL,
    "pathType" varchar NOT NULL,
    "oldPath"  varchar NOT NULL,
    "newPath"  varchar NOT NULL,
    CONSTRAINT "UQ_entityId_pathType" UNIQUE ("entityId", "pathType"),
    CONSTRAINT "UQ_newPath" UNIQUE ("newPath")
);

CREATE TABLE integrity_report (
    id            uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    type          varchar     NOT NULL,
    path          varchar     NOT NULL,
    "createdAt"   timestamptz NOT NULL DEFAULT now(),
    "assetId"     uuid REFERENCES asset (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "fileAssetId" uuid REFERENCES asset_file (id) ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT integrity_report_type_path_uq UNIQUE (type, path)
);
CREATE INDEX "integrity_report_assetId_idx" ON integrity_report ("assetId");
CREATE INDEX "integrity_report_fileAssetId_idx" ON integrity_report ("fileAssetId");

CREATE TABLE migration_overrides (
    name  varchar PRIMARY KEY,
    value jsonb   NOT NULL
);

CREATE TABLE kysely_migrations (
    name      varchar(255) PRIMARY KEY,
    timestamp varchar(255) NOT NULL
);

CREATE TABLE kysely_migrations_lock (
    id        varchar(255) PRIMARY KEY,
    is_locked integer     NOT NULL DEFAULT 0
);

-- 11. Deletions, for clients that synchronise --------------------------------------------------
-- Rows are written by triggers (section 12) and removed after 31 days.

CREATE TABLE user_audit (
    "userId"    uuid        NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp(),
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY
);
CREATE INDEX "user_audit_deletedAt_idx" ON user_audit ("deletedAt");

CREATE TABLE user_metadata_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "userId"    uuid        NOT NULL,
    key         varchar     NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "IDX_user_metadata_audit_deleted_at" ON user_metadata_audit ("deletedAt");
CREATE INDEX "IDX_user_metadata_audit_key" ON user_metadata_audit (key);
CREATE INDEX "IDX_user_metadata_audit_user_id" ON user_metadata_audit ("userId");

CREATE TABLE partner_audit (
    id             uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "sharedById"   uuid        NOT NULL,
    "sharedWithId" uuid        NOT NULL,
    "deletedAt"    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "partner_audit_deletedAt_idx" ON partner_audit ("deletedAt");
CREATE INDEX "partner_audit_sharedById_idx" ON partner_audit ("sharedById");
CREATE INDEX "partner_audit_sharedWithId_idx" ON partner_audit ("sharedWithId");

CREATE TABLE asset_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "assetId"   uuid        NOT NULL,
    "ownerId"   uuid        NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "asset_audit_assetId_idx" ON asset_audit ("assetId");
CREATE INDEX "asset_audit_deletedAt_idx" ON asset_audit ("deletedAt");
CREATE INDEX "asset_audit_ownerId_idx" ON asset_audit ("ownerId");

CREATE TABLE asset_metadata_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "assetId"   uuid        NOT NULL,
    key         varchar     NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "asset_metadata_audit_assetId_idx" ON asset_metadata_audit ("assetId");
CREATE INDEX "asset_metadata_audit_deletedAt_idx" ON asset_metadata_audit ("deletedAt");
CREATE INDEX asset_metadata_audit_key_idx ON asset_metadata_audit (key);

CREATE TABLE asset_edit_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "editId"    uuid        NOT NULL,
    "assetId"   uuid        NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "asset_edit_audit_assetId_idx" ON asset_edit_audit ("assetId");
CREATE INDEX "asset_edit_audit_deletedAt_idx" ON asset_edit_audit ("deletedAt");

CREATE TABLE asset_face_audit (
    id            uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "assetFaceId" uuid        NOT NULL,
    "assetId"     uuid        NOT NULL,
    "deletedAt"   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "asset_face_audit_assetFaceId_idx" ON asset_face_audit ("assetFaceId");
CREATE INDEX "asset_face_audit_assetId_idx" ON asset_face_audit ("assetId");
CREATE INDEX "asset_face_audit_deletedAt_idx" ON asset_face_audit ("deletedAt");

CREATE TABLE asset_ocr_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "assetId"   uuid        NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "asset_ocr_audit_assetId_idx" ON asset_ocr_audit ("assetId");
CREATE INDEX "asset_ocr_audit_deletedAt_idx" ON asset_ocr_audit ("deletedAt");

CREATE TABLE stack_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "stackId"   uuid        NOT NULL,
    "userId"    uuid        NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "stack_audit_deletedAt_idx" ON stack_audit ("deletedAt");

CREATE TABLE person_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "personId"  uuid        NOT NULL,
    "ownerId"   uuid        NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "person_audit_deletedAt_idx" ON person_audit ("deletedAt");
CREATE INDEX "person_audit_ownerId_idx" ON person_audit ("ownerId");
CREATE INDEX "person_audit_personId_idx" ON person_audit ("personId");

CREATE TABLE album_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "albumId"   uuid        NOT NULL,
    "userId"    uuid        NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "album_audit_albumId_idx" ON album_audit ("albumId");
CREATE INDEX "album_audit_deletedAt_idx" ON album_audit ("deletedAt");
CREATE INDEX "album_audit_userId_idx" ON album_audit ("userId");

CREATE TABLE album_user_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "albumId"   uuid        NOT NULL,
    "userId"    uuid        NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "album_user_audit_albumId_idx" ON album_user_audit ("albumId");
CREATE INDEX "album_user_audit_deletedAt_idx" ON album_user_audit ("deletedAt");
CREATE INDEX "album_user_audit_userId_idx" ON album_user_audit ("userId");

CREATE TABLE album_asset_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "albumId"   uuid        NOT NULL REFERENCES album (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "assetId"   uuid        NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "album_asset_audit_albumId_idx" ON album_asset_audit ("albumId");
CREATE INDEX "album_asset_audit_assetId_idx" ON album_asset_audit ("assetId");
CREATE INDEX "album_asset_audit_deletedAt_idx" ON album_asset_audit ("deletedAt");

CREATE TABLE memory_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "memoryId"  uuid        NOT NULL,
    "userId"    uuid        NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "memory_audit_deletedAt_idx" ON memory_audit ("deletedAt");
CREATE INDEX "memory_audit_memoryId_idx" ON memory_audit ("memoryId");
CREATE INDEX "memory_audit_userId_idx" ON memory_audit ("userId");

CREATE TABLE memory_asset_audit (
    id          uuid        DEFAULT immich_uuid_v7() PRIMARY KEY,
    "memoryId"  uuid        NOT NULL REFERENCES memory (id) ON UPDATE CASCADE ON DELETE CASCADE,
    "assetId"   uuid        NOT NULL,
    "deletedAt" timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX "memory_asset_audit_assetId_idx" ON memory_asset_audit ("assetId");
CREATE INDEX "memory_asset_audit_deletedAt_idx" ON memory_asset_audit ("deletedAt");
CREATE INDEX "memory_asset_audit_memoryId_idx" ON memory_asset_audit ("memoryId");

-- 12. Triggers, and the texts that Immich compares ---------------------------------------------
-- PostgreSQL does not give DDL back as it was written, so Immich keeps the text of each function,
-- trigger and expression index in migration_overrides and compares texts instead of objects. The
-- texts below are equal to the byte (their SHA-256 is tested): do not reformat them.
--
-- Nine functions have no row, because their text is Immich's own; the ones here are written after
-- what they do. At a swap back Immich logs two warnings for each, and works.

-- 12.1 Stamps: updatedAt and updateId of one instant on every UPDATE, changed or not.
CREATE FUNCTION updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- Compat: without time zone, so the instant passes through the session's TimeZone twice.
    instant timestamp := clock_timestamp();
BEGIN
    NEW."updatedAt" = instant;
    NEW."updateId" = immich_uuid_v7(instant);
    RETURN NEW;
END
$$;

INSERT INTO migration_overrides (name, value)
SELECT 'trigger_' || name, jsonb_build_object('type', 'trigger', 'name', name, 'sql', format(
$sql$CREATE OR REPLACE TRIGGER "%s"
  BEFORE UPDATE ON "%s"
  FOR EACH ROW
  EXECUTE FUNCTION updated_at();$sql$, name, on_table))
FROM (VALUES
    ('activity',                'activity_updatedAt'),
    ('album',                   'album_updatedAt'),
    ('album_asset',             'album_asset_updatedAt'),
    ('album_user',              'album_user_updatedAt'),
    ('api_key',                 'api_key_updatedAt'),
    ('asset',                   'asset_updatedAt'),
    ('asset_edit',              'asset_edit_updatedAt'),
    ('asset_exif',              'asset_exif_updatedAt'),
    ('asset_face',              'asset_face_updatedAt'),
    ('asset_file',              'asset_file_updatedAt'),
    ('asset_metadata',          'asset_metadata_updated_at'),
    ('library',                 'library_updatedAt'),
    ('memory',                  'memory_updatedAt'),
    ('memory_asset',            'memory_asset_updatedAt'),
    ('notification',            'notification_updatedAt'),
    ('partner',                 'partner_updatedAt'),
    ('person',                  'person_updatedAt'),
    ('session',                 'session_updatedAt'),
    ('session_sync_checkpoint', 'session_sync_checkpoint_updatedAt'),
    ('stack',                   'stack_updatedAt'),
    ('tag',                     'tag_updatedAt'),
    ('user',                    'user_updatedAt'),
    ('user_metadata',           'user_metadata_updated_at'),
    ('workflow',                'workflow_updatedAt')
) AS stamp (on_table, name);

-- 12.2 Audit functions: which columns of the deleted rows go into which columns of which table.
-- With a parent: only while the parent lives, so that deleting it whole writes nothing.
INSERT INTO migration_overrides (name, value)
SELECT 'function_' || name, jsonb_build_object('type', 'function', 'name', name, 'sql', format(
$sql$CREATE OR REPLACE FUNCTION %s()
  RETURNS TRIGGER
  LANGUAGE PLPGSQL
  AS $$
    BEGIN
      INSERT INTO %s ("%s")
      SELECT "%s"$sql$,
    name, target, array_to_string(columns, '", "'), array_to_string(sources, '", "'))
    || CASE WHEN parent IS NULL THEN $sql$
      FROM OLD;$sql$
    ELSE format($sql$ FROM OLD
      WHERE "%1$s" IN (SELECT "id" FROM %2$s WHERE "id" IN (SELECT "%1$s" FROM OLD));$sql$,
      sources[1], parent) END
    || $sql$
      RETURN NULL;
    END
  $$;$sql$)
FROM (VALUES
    ('album_asset_delete_audit',  'album_asset_audit',    ARRAY['albumId', 'assetId'],         ARRAY['albumId', 'assetId'],         'album'),
    ('asset_delete_audit',        'asset_audit',          ARRAY['assetId', 'ownerId'],         ARRAY['id', 'ownerId'],              NULL),
    ('asset_edit_audit',          'asset_edit_audit',     ARRAY['editId', 'assetId'],          ARRAY['id', 'assetId'],              NULL),
    ('asset_face_audit',          'asset_face_audit',     ARRAY['assetFaceId', 'assetId'],     ARRAY['id', 'assetId'],              NULL),
    ('asset_metadata_audit',      'asset_metadata_audit', ARRAY['assetId', 'key'],             ARRAY['assetId', 'key'],             NULL),
    ('asset_ocr_delete_audit',    'asset_ocr_audit',      ARRAY['assetId'],                    ARRAY['assetId'],                    NULL),
    ('memory_asset_delete_audit', 'memory_asset_audit',   ARRAY['memoryId', 'assetId'],        ARRAY['memoriesId', 'assetId'],      'memory'),
    ('memory_delete_audit',       'memory_audit',         ARRAY['memoryId', 'userId'],         ARRAY['id', 'ownerId'],              NULL),
    ('partner_delete_audit',      'partner_audit',        ARRAY['sharedById', 'sharedWithId'], ARRAY['sharedById', 'sharedWithId'], NULL),
    ('person_delete_audit',       'person_audit',         ARRAY['personId', 'ownerId'],        ARRAY['id', 'ownerId'],              NULL),
    ('stack_delete_audit',        'stack_audit',          ARRAY['stackId', 'userId'],          ARRAY['id', 'ownerId'],              NULL),
    ('user_delete_audit',         'user_audit',           ARRAY['userId'],                     ARRAY['id'],                         NULL),
    ('user_metadata_audit',       'user_metadata_audit',  ARRAY['userId', 'key'],              ARRAY['userId', 'key'],              NULL)
) AS audit (name, target, columns, sources, parent);

-- Membership writes twice: whoever leaves loses the album (album_audit), and the other members see
-- one less (album_user_audit). The depth is 1 for a direct DELETE and for one level of cascade.
CREATE FUNCTION album_user_delete_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO album_audit ("albumId", "userId")
    SELECT "albumId", "userId" FROM old;
    IF pg_trigger_depth() = 1 THEN
        INSERT INTO album_user_audit ("albumId", "userId")
        SELECT "albumId", "userId" FROM old;
    END IF;
    RETURN NULL;
END
$$;

-- 12.3 Functions that touch a parent.

-- A new member sends the album to its members again; making an album (its owner's row) does not.
CREATE FUNCTION album_user_after_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM inserted_rows WHERE role = 'owner') THEN
        RETURN NULL;
    END IF;
    UPDATE album
    SET "updatedAt" = clock_timestamp(), "updateId" = immich_uuid_v7(clock_timestamp())
    WHERE id IN (SELECT DISTINCT "albumId" FROM inserted_rows);
    RETURN NULL;
END
$$;

CREATE FUNCTION asset_edit_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE asset SET "isEdited" = true
    WHERE id IN (SELECT "assetId" FROM inserted_edit) AND NOT "isEdited";
    RETURN NULL;
END
$$;

CREATE FUNCTION asset_edit_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE asset SET "isEdited" = false
    WHERE id IN (SELECT "assetId" FROM deleted_edit) AND "isEdited"
      AND NOT EXISTS (SELECT FROM asset_edit WHERE "assetId" = asset.id);
    RETURN NULL;
END
$$;

-- 12.4 Statement triggers. The depth is that of the statement which queues the trigger:
-- `= 0` fires for a client's own DELETE only, `<= 1` for one level of cascade as well.
INSERT INTO migration_overrides (name, value)
SELECT 'trigger_' || name, jsonb_build_object('type', 'trigger', 'name', name, 'sql', format(
$sql$CREATE OR REPLACE TRIGGER "%s"
  AFTER %s ON "%s"
  REFERENCING %s TABLE AS "%s"
  FOR EACH STATEMENT
%s  EXECUTE FUNCTION %s();$sql$,
    name, event, on_table, CASE event WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END, rows_named,
    '  WHEN (pg_trigger_depth() ' || depth || E')\n', name))
FROM (VALUES
    ('album_asset',    'album_asset_delete_audit',  'DELETE', 'old',           '<= 1'),
    ('album_user',     'album_user_after_insert',   'INSERT', 'inserted_rows', NULL),
    ('album_user',     'album_user_delete_audit',   'DELETE', 'old',           '<= 1'),
    ('asset',          'asset_delete_audit',        'DELETE', 'old',           '= 0'),
    ('asset_edit',     'asset_edit_audit',          'DELETE', 'old',           '= 0'),
    ('asset_edit',     'asset_edit_delete',         'DELETE', 'deleted_edit',  '= 0'),
    ('asset_edit',     'asset_edit_insert',         'INSERT', 'inserted_edit', NULL),
    ('asset_face',     'asset_face_audit',          'DELETE', 'old',           '= 0'),
    ('asset_metadata', 'asset_metadata_audit',      'DELETE', 'old',           '= 0'),
    ('asset_ocr',      'asset_ocr_delete_audit',    'DELETE', 'old',           '= 0'),
    ('memory',         'memory_delete_audit',       'DELETE', 'old',           '= 0'),
    ('memory_asset',   'memory_asset_delete_audit', 'DELETE', 'old',           '<= 1'),
    ('partner',        'partner_delete_audit',      'DELETE', 'old',           '= 0'),
    ('person',         'person_delete_audit',       'DELETE', 'old',           '= 0'),
    ('stack',          'stack_delete_audit',        'DELETE', 'old',           '= 0'),
    ('user',           'user_delete_audit',         'DELETE', 'old',           '= 0'),
    ('user_metadata',  'user_metadata_audit',       'DELETE', 'old',           '= 0')
) AS statement (on_table, name, event, rows_named, depth);

-- Only now, so that each text is at once the one compared and the one that made the object.
DO $$
DECLARE
    text_of jsonb;
BEGIN
    FOR text_of IN SELECT value FROM migration_overrides ORDER BY value->>'type' LOOP
        EXECUTE text_of->>'sql';    -- functions before triggers
    END LOOP;
END
$$;

-- 12.5 Indexes: texts only. Some are not even SQL as they stand, face_index says hnsw beside
-- VectorChord too, and one forgets its gist, so the real ones are made beside their tables.
INSERT INTO migration_overrides (name, value)
SELECT 'index_' || name, jsonb_build_object('type', 'index', 'name', name, 'sql', sql)
FROM (VALUES
    ('activity_like_idx',
     $$CREATE UNIQUE INDEX "activity_like_idx" ON "activity" ("assetId", "userId", "albumId") WHERE (("isLiked" = true));$$),
    ('album_user_unique_owner',
     $$CREATE UNIQUE INDEX "album_user_unique_owner" ON "album_user" ("albumId") WHERE (role = 'owner');$$),
    ('UQ_assets_owner_checksum',
     $$CREATE UNIQUE INDEX "UQ_assets_owner_checksum" ON "asset" ("ownerId", "checksum") WHERE ("libraryId" IS NULL);$$),
    ('asset_id_timeline_notDeleted_idx',
     $$CREATE INDEX "asset_id_timeline_notDeleted_idx" ON "asset" ("id") WHERE (visibility = 'timeline' AND "deletedAt" IS NULL);$$),
    ('asset_localDateTime_idx',
     $$CREATE INDEX "asset_localDateTime_idx" ON "asset" (("localDateTime" at time zone 'UTC')::date);$$),
    ('asset_localDateTime_month_idx',
     $$CREATE INDEX "asset_localDateTime_month_idx" ON "asset" (date_trunc('MONTH'::text, ("localDateTime" AT TIME ZONE 'UTC'::text)) AT TIME ZONE 'UTC'::text);$$),
    ('asset_originalFilename_trigram_idx',
     $$CREATE INDEX "asset_originalFilename_trigram_idx" ON "asset" USING gin (f_unaccent("originalFileName") gin_trgm_ops);$$),
    ('asset_ownerId_libraryId_checksum_idx',
     $$CREATE UNIQUE INDEX "asset_ownerId_libraryId_checksum_idx" ON "asset" ("ownerId", "libraryId", "checksum") WHERE ("libraryId" IS NOT NULL);$$),
    ('IDX_asset_exif_gist_earthcoord',
     $$CREATE INDEX "IDX_asset_exif_gist_earthcoord" ON "asset_exif" USING gist (ll_to_earth_public(latitude, longitude));$$),
    ('asset_face_personId_assetId_notDeleted_isVisible_idx',
     $$CREATE INDEX "asset_face_personId_assetId_notDeleted_isVisible_idx" ON "asset_face" ("personId", "assetId") WHERE ("deletedAt" IS NULL AND "isVisible" IS TRUE);$$),
    ('face_index',
     $$CREATE INDEX "face_index" ON "face_search" USING hnsw (embedding vector_cosine_ops) WITH (ef_construction = 300, m = 16);$$),
    ('IDX_geodata_gist_earthcoord',
     $$CREATE INDEX "IDX_geodata_gist_earthcoord" ON "geodata_places" (ll_to_earth_public(latitude, longitude));$$),
    ('idx_geodata_places_admin1_name',
     $$CREATE INDEX "idx_geodata_places_admin1_name" ON "geodata_places" USING gin (f_unaccent("admin1Name") gin_trgm_ops);$$),
    ('idx_geodata_places_admin2_name',
     $$CREATE INDEX "idx_geodata_places_admin2_name" ON "geodata_places" USING gin (f_unaccent("admin2Name") gin_trgm_ops);$$),
    ('idx_geodata_places_alternate_names',
     $$CREATE INDEX "idx_geodata_places_alternate_names" ON "geodata_places" USING gin (f_unaccent("alternateNames") gin_trgm_ops);$$),
    ('idx_geodata_places_name',
     $$CREATE INDEX "idx_geodata_places_name" ON "geodata_places" USING gin (f_unaccent("name") gin_trgm_ops);$$),
    ('idx_ocr_search_text',
     $$CREATE INDEX "idx_ocr_search_text" ON "ocr_search" USING gin (f_unaccent("text") gin_trgm_ops);$$),
    ('idx_person_name_trigram',
     $$CREATE INDEX "idx_person_name_trigram" ON "person" USING gin (f_unaccent("name") gin_trgm_ops);$$)
) AS index (name, sql);

-- 13. Migrations that made all this, in Immich's order ------------------------------------------
-- Immich refuses to start unless the names, ordered by time, are a prefix of its own list. One
-- really ends in .ts.

INSERT INTO kysely_migrations_lock (id, is_locked) VALUES ('migration_lock', 0);

INSERT INTO kysely_migrations (name, timestamp)
SELECT name, to_char((now() + n * interval '1 ms') AT TIME ZONE 'UTC',
                     'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
FROM unnest(ARRAY[
    '1744910873969-InitialMigration',
    '1744991379464-AddNotificationsTable',
    '1745244781846-AddUserAvatarColorColumn',
    '1745902563899-AddAssetVisibilityColumn',
    '1746636476623-DropExtraIndexes',
    '1746768490606-AddUserPincode',
    '1746844028242-AddLockedVisibilityEnum',
    '1746987967923-AddPinExpiresAtColumn',
    '1747329504572-AddNewSessionColumns',
    '1747338664832-SessionRename',
    '1747664684909-AddAlbumAuditTables',
    '1749067526135-UserOnboardingDefault',
    '1750107668827-PartnerCreateId',
    '1750189909087-AddAlbumUserCreateFields',
    '1750323941566-UnsetPrewarmDimParameter',
    '1750676477029-AlbumAssetUpdateId',
    '1750694237564-AlbumAssetAuditTable',
    '1750780093818-AddAlbumToAssetDeleteTrigger',
    '1751035357937-MemorySyncChanges',
    '1751304834247-StackSyncChanges',
    '1751924596408-AddOverrides',
    '1752004072340-UpdateIndexOverrides',
    '1752152941084-PeopleAuditTable',
    '1752161055253-RenameGeodataPKConstraint',
    '1752161055254-AddActivityAssetFk',
    '1752169992364-AddIsPendingSyncReset',
    '1752250924342-UserMetadataSync',
    '1752267649968-StandardizeNames',
    '1752759108283-ConvertToAbsolutePaths',
    '1753104909784-AssetFaceUpdateIdAndAuditTable',
    '1753464178233-RenameApiKeyPermissions',
    '1753471866748-AddSharedLinkSlug',
    '1753800911775-ProfileImageCheckpointRemoval',
    '1754389095885-ResetAlbumAssetSync',
    '1756318797207-AssetMetadataTables',
    '1758705774125-CreateAssetOCRTable',
    '1758705789125-CreateOCRSearchTable',
    '1758705804128-UpsertOcrAssetJobStatus',
    '1761078763279-AddAppVersionColumnToSession',
    '1761755618862-FixColumnNames',
    '1762297277677-AddPluginAndWorkflowTables',
    '1764483051488-OCRBigramsForCJK',
    '1764698859174-SidecarInAssetFile',
    '1764705680041-ChangeWorkflowTableColumnsName',
    '1764957138636-AddLockedPropertiesToAssetExif',
    '1768336661963-AddAssetWidthHeight',
    '1768336671610-CreateAssetEditTable',
    '1768336694315-CreateIsVisibleColumns',
    '1768587436457-AddEditCountToAsset',
    '1768757482271-SwitchToIsEdited',
    '1768828334807-AddIsEditedToAssetFile',
    '1768847456553-AddTagsToExif',
    '1769105700133-AddAssetEditSequence',
    '1769441657564-AddIsProgressiveColumn',
    '1769635093204-DropThumbnailJobStatusColumns',
    '1771478781948-PeopleSearchIndex',
    '1771535611395-ConvertRating0ToNull',
    '1771639515206-AddIsTransparentColumn',
    '1771873044511-ChangesTokensToBuffers',
    '1771873813973-AssetEditSync',
    '1772121424533-AddAssetExifGistEarthcoord',
    '1772129818245-FixStupidWhiteSpace',
    '1772609167000-UpdateOpusCodecName',
    '1773242919341-EncodedVideoAssetFiles',
    '1773956345315-DuplicateSharedLinkAssets',
    '1774393726320-AssetFaceSyncReset',
    '1774548649115-AddChecksumAlgorithm.ts',
    '1775165531374-AddPersonNameTrigramIndex',
    '1776217577402-DropAuditTable',
    '1776263790468-DropDeviceIdAndDeviceAssetId',
    '1776332807985-SetOAuthAllowInsecureRequests',
    '1776442031775-AddOauthSidToSession',
    '1776792304485-ReconcileSqlToolsUpgradeChanges',
    '1776848612954-MigrateAlbumOwnerIdToAlbumUser',
    '1777415973792-AddVideoStreamTables',
    '1777654048096-CreateAudioVideoTables',
    '1777667825574-ChangeDurationToInteger',
    '1777897107000-PartnerAssetSyncReset',
    '1778614946174-UpdateWorkflowTables',
    '1779806699547-AddPluginTemplates',
    '1780435471692-DeleteMismatchedAssetFaces',
    '1780592070031-ConvertNegativeRatingToNull',
    '1780592071031-AssetOcrSync',
    '1781089983296-CreateIntegrityReportTable',
    '1782414436633-AddPluginMethodAllowedHosts',
    '1782500000000-RestoreLivePhotoStillVisibility',
    '1784647658615-AddOAuthBearerTokenToSession',
    '1784836013770-MinFacePreferenceMigration'
]) WITH ORDINALITY AS done (name, n);
