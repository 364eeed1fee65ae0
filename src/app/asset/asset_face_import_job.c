#include "app/asset/asset_face_import.h"
#include "core/arena.h"
#include "gen/asset_face_import_sql.h"
#include "job/job.h"

#include "core/banned.h"

/* A new person's portrait is the face that brought the name. */
static fallible import_face(struct ctx *cx, const struct metadata_asset *asset,
    const struct regions *image, const struct region *region, uuid *face)
{
    uuid person;
    bool known = false;
    TRY(sql_face_import_person(cx, &person, &known, asset->ownerId, region->name));
    if (!known) TRY(sql_face_import_make_person(cx, &person, asset->ownerId, region->name));
    TRY(sql_face_import_put(cx, face, asset->id, person, image->image_width, image->image_height,
        region->x1, region->y1, region->x2, region->y2));
    if (known) return NULL;
    TRY(sql_face_import_set_portrait(cx, person, *face));
    return job_add_PersonGenerateThumbnail(cx, &(struct id_job){.id = person});
}

fallible asset_face_import(
    struct ctx *cx, const struct metadata_asset *asset, const struct regions *regions)
{
    if (regions->n == 0) return NULL;
    struct list_uuid faces = {.v = ARENA_ARRAY(cx->arena, uuid, regions->n)};
    for (; faces.n < regions->n; faces.n++)
        TRY(import_face(cx, asset, regions, &regions->v[faces.n], &faces.v[faces.n]));
    return sql_face_import_drop_others(cx, asset->id, faces);
}
