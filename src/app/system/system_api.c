#include "app/app.h"
#include "app/system/system.h"
#include "config/config.h"
#include "gen/api.h"

#include "core/banned.h"

fallible op_getConfig(struct ctx *cx, struct SystemConfigDto *out)
{
    return config_read(cx, cx->app->config, out);
}

fallible op_getConfigDefaults(struct ctx *cx, struct SystemConfigDto *out)
{
    return config_defaults(cx, cx->app->config, out);
}

/* The words of the storage template language, for the web app's editor (contract/storage §4). */
#define TEXTS(...)                                                                                 \
    {                                                                                              \
        .v = (str[]){__VA_ARGS__}, .n = sizeof((str[]){__VA_ARGS__}) / sizeof(str)                 \
    }

static const struct SystemConfigTemplateStorageOptionDto template_options = {
    .secondOptions = TEXTS(STR_INIT("s"), STR_INIT("ss"), STR_INIT("SSS")),
    .minuteOptions = TEXTS(STR_INIT("m"), STR_INIT("mm")),
    .dayOptions = TEXTS(STR_INIT("d"), STR_INIT("dd")),
    .weekOptions = TEXTS(STR_INIT("W"), STR_INIT("WW")),
    .hourOptions = TEXTS(STR_INIT("h"), STR_INIT("hh"), STR_INIT("H"), STR_INIT("HH")),
    .yearOptions = TEXTS(STR_INIT("y"), STR_INIT("yy")),
    .monthOptions = TEXTS(STR_INIT("M"), STR_INIT("MM"), STR_INIT("MMM"), STR_INIT("MMMM")),
    .presetOptions = TEXTS(STR_INIT("{{y}}/{{y}}-{{MM}}-{{dd}}/{{filename}}"),
        STR_INIT("{{y}}/{{MM}}-{{dd}}/{{filename}}"),
        STR_INIT("{{y}}/{{MMMM}}-{{dd}}/{{filename}}"), STR_INIT("{{y}}/{{MM}}/{{filename}}"),
        STR_INIT("{{y}}/{{#if album}}{{album}}{{else}}Other/{{MM}}{{/if}}/{{filename}}"),
        STR_INIT(
            "{{#if "
            "album}}{{album-startDate-y}}/{{album}}{{else}}{{y}}/Other/{{MM}}{{/if}}/{{filename}}"),
        STR_INIT("{{y}}/{{MMM}}/{{filename}}"), STR_INIT("{{y}}/{{MMMM}}/{{filename}}"),
        STR_INIT("{{y}}/{{MM}}/{{dd}}/{{filename}}"),
        STR_INIT("{{y}}/{{MMMM}}/{{dd}}/{{filename}}"),
        STR_INIT("{{y}}/{{y}}-{{MM}}/{{y}}-{{MM}}-{{dd}}/{{filename}}"),
        STR_INIT("{{y}}-{{MM}}-{{dd}}/{{filename}}"), STR_INIT("{{y}}-{{MMM}}-{{dd}}/{{filename}}"),
        STR_INIT("{{y}}-{{MMMM}}-{{dd}}/{{filename}}"), STR_INIT("{{y}}/{{y}}-{{MM}}/{{filename}}"),
        STR_INIT("{{y}}/{{y}}-{{WW}}/{{filename}}"),
        STR_INIT("{{y}}/{{y}}-{{MM}}-{{dd}}/{{assetId}}"),
        STR_INIT("{{y}}/{{y}}-{{MM}}/{{assetId}}"), STR_INIT("{{y}}/{{y}}-{{WW}}/{{assetId}}"),
        STR_INIT("{{album}}/{{filename}}"),
        STR_INIT("{{make}}/{{model}}/{{lensModel}}/{{filename}}")),
};

fallible op_getStorageTemplateOptions(
    struct ctx *cx, struct SystemConfigTemplateStorageOptionDto *out)
{
    *out = template_options;
    return NULL;
}

fallible op_getAdminOnboarding(struct ctx *cx, struct AdminOnboardingUpdateDto *out)
{
    return system_is_onboarded(cx, &out->isOnboarded);
}

fallible op_updateAdminOnboarding(struct ctx *cx, const struct updateAdminOnboarding_in *in)
{
    const str document =
        in->body.isOnboarded ? STR("{\"isOnboarded\":true}") : STR("{\"isOnboarded\":false}");
    return system_document_set(cx, STR("admin-onboarding"), document);
}

fallible op_getImmichWellKnown(struct ctx *cx, struct WellKnownResponseDto *out)
{
    out->api.endpoint = STR("/api");
    return NULL;
}

fallible op_getCustomCss(struct ctx *cx, str *out)
{
    *out = config_get(cx)->theme.customCss;
    return NULL;
}
