#include "box/inside/image.h"
#include "box/inside/image_steps.h"
#include "box/inside/profile.h"
#include "box/inside/thumbhash.h"
#include "core/log.h"
#include "core/size.h"

#include <dlfcn.h>
#include <stdlib.h>

#include "core/banned.h"

/* libvips would load every module it finds, ImageMagick and PDF among them: it is told of a place
 * without any, and the two of formats we accept are loaded by name. */
static const char *const MODULES[] = {"vips-heif.so", "vips-jxl.so"};

static void load_modules(void)
{
    for (size_t i = 0; i < LENGTH(MODULES); i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", TINTYPE_VIPS_MODULES, MODULES[i]);
        GModule *module = g_module_open(path, G_MODULE_BIND_LAZY);
        if (module)
            g_module_make_resident(module);
        else
            log_warn("a picture format is not available", KV("module", MODULES[i]));
    }
    /* Where libheif has plug-ins of its own, it looks for them now and not after the lock. */
    union {
        void *symbol;
        void *(*start)(void *);
    } heif = {.symbol = dlsym(RTLD_DEFAULT, "heif_init")};
    if (heif.symbol) heif.start(NULL);
}

fallible image_start(const char *program)
{
    setenv("VIPSHOME", "/nonexistent", 1);
#if VIPS_MAJOR_VERSION == 8 && VIPS_MINOR_VERSION < 15
    /* Code compiled at run time, which a locked process may not do; later versions need none. */
    setenv("VIPS_NOVECTOR", "1", 1);
#endif
    if (vips_init(program)) FAIL(INTERNAL, "libvips: %s", vips_error_buffer());
    load_modules();
    TRY(profile_start());
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    return NULL;
}

err image_error_at(const char *where)
{
    const str text = str_trim(str_from(vips_error_buffer()));
    str first = text, rest = text;
    if (!str_cut(&rest, '\n', &first)) first = text;
    if (str_find(text, STR("out of memory")) >= 0)
        return box_failure_new(where, BOX_MEMORY_LIMIT, first);
    return box_failure_new(where, BOX_CORRUPT, first);
}

static fallible hash(VipsImage *image, struct box_image_answer *out)
{
    auto_image small = g_object_ref(image);
    TRY(scale_inside(&small, THUMBHASH_SIDE));
    if (!vips_image_hasalpha(small)) {
        VipsImage *opaque;
        if (vips_addalpha(small, &opaque, NULL)) IMAGE_FAIL();
        image_replace(&small, opaque);
    }
    TRY(scale_to_memory(&small));
    out->thumbhash_n = (uint32_t)thumbhash_encode((uint32_t)vips_image_get_width(small),
        (uint32_t)vips_image_get_height(small), VIPS_IMAGE_ADDR(small, 0, 0), out->thumbhash);
    return NULL;
}

/* *smallest becomes the smallest of the scaled images, which is still large enough for the hash. */
static fallible write_outputs(const struct box_image *request, VipsImage *image, int first_fd,
    struct box_image_answer *out, VipsImage **smallest)
{
    for (uint32_t i = 0; i < request->n_outputs; i++) {
        const struct box_output *output = &request->outputs[i];
        auto_image scaled = g_object_ref(image);
        TRY(scale_outside(&scaled, output->size, output->even));
        TRY(encode(scaled, output, request->colour, first_fd + (int)i, &out->files[i]));
        if (output->size >= 2 * THUMBHASH_SIDE &&
            vips_image_get_width(scaled) < vips_image_get_width(*smallest))
            image_replace(smallest, g_steal_pointer(&scaled));
    }
    out->n_files = request->n_outputs;
    return NULL;
}

fallible image_decode(const struct box_image *asked, const uint8_t *bytes, size_t n, int first_fd,
    struct box_image_answer *out)
{
    /* Edits are in pixels of the original. */
    struct box_image full = *asked;
    full.size = 0;
    const struct box_image *request = asked->n_edits ? &full : asked;

    struct loaded loaded;
    TRY(load(request, bytes, n, &loaded));
    auto_image image = loaded.image;
    TRY(scale_outside(&image, request->size, false));
    TRY(colour(&image, request->colour));
    TRY(scale_to_memory(&image));
    TRY(orient(&image, loaded.orientation));
    TRY(edit(&image, request->edits, request->n_edits));

    const bool turned = loaded.orientation > 4;
    struct box_image_answer answer = {.width = turned ? loaded.height : loaded.width,
        .height = turned ? loaded.width : loaded.height,
        .transparent = loaded.transparent};
    auto_image smallest = g_object_ref(image);
    TRY(write_outputs(request, image, first_fd, &answer, &smallest));
    if (request->thumbhash) TRY(hash(smallest, &answer));
    *out = answer;
    return NULL;
}
