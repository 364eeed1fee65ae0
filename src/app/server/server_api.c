#include "app/app.h"
#include "app/system/system.h"
#include "config/config.h"
#include "config/env.h"
#include "core/size.h"
#include "core/version.h"
#include "gen/api.h"
#include "gen/server_sql.h"
#include "gen/user_sql.h"
#include "http/mime.h"
#include "json/value.h"

#include <math.h>
#include <stdio.h>
#include <sys/statvfs.h>

#include "core/banned.h"

#define RELEASES "https://github.com/immich-app/immich/releases"

fallible op_pingServer(struct ctx *cx, struct ServerPingResponse *out)
{
    out->res = STR("pong"); /* usually answered by the event thread, see role/dispatch.c */
    return NULL;
}

fallible op_getServerVersion(struct ctx *cx, struct ServerVersionResponseDto *out)
{
    *out = (struct ServerVersionResponseDto){
        .major = COMPATIBLE_MAJOR,
        .minor = COMPATIBLE_MINOR,
        .patch = COMPATIBLE_PATCH,
        .prerelease = NOTHING(int),
    };
    return NULL;
}

fallible op_getVersionHistory(struct ctx *cx, struct list_ServerVersionHistoryResponseDto *out)
{
    return sql_server_version_history(cx, out);
}

fallible op_getVersionCheck(struct ctx *cx, struct VersionCheckStateResponseDto *out)
{
    bool found;
    str text;
    const struct json_value *state = NULL;
    TRY(system_document(cx, STR("version-check-state"), &found, &text));
    if (found) TRY(json_parse(cx->arena, text, &state));
    *out = (struct VersionCheckStateResponseDto){
        .checkedAt = NOTHING(str), .releaseVersion = NOTHING(str)};
    if (json_string(json_get(state, STR("checkedAt")), &text)) out->checkedAt = SOME(str, text);
    if (json_string(json_get(state, STR("releaseVersion")), &text))
        out->releaseVersion = SOME(str, text);
    return NULL;
}

fallible op_getServerFeatures(struct ctx *cx, struct ServerFeaturesDto *out)
{
    const struct SystemConfigDto *config = config_get(cx);
    const bool ml = config->machineLearning.enabled;
    const bool search = ml && config->machineLearning.clip.enabled;
    *out = (struct ServerFeaturesDto){
        .smartSearch = search,
        .facialRecognition = ml && config->machineLearning.facialRecognition.enabled,
        .duplicateDetection = search && config->machineLearning.duplicateDetection.enabled,
        .map = config->map.enabled,
        .reverseGeocoding = config->reverseGeocoding.enabled,
        .importFaces = config->metadata.faces.import,
        .sidecar = true,
        .search = true,
        .trash = config->trash.enabled,
        .oauth = false, /* until its operations are built: clients would show a button that fails */
        .oauthAutoLaunch = config->oauth.autoLaunch,
        .ocr = ml && config->machineLearning.ocr.enabled,
        .passwordLogin = config->passwordLogin.enabled,
        .configFile = *cx->app->env->config_file,
        .email = config->notifications.smtp.enabled,
        .realtimeTranscoding = config->ffmpeg.realtime.enabled,
    };
    return NULL;
}

fallible op_getServerConfig(struct ctx *cx, struct ServerConfigDto *out)
{
    const struct SystemConfigDto *config = config_get(cx);
    bool has_admin, onboarded;
    TRY(sql_user_has_admin(cx, &has_admin));
    TRY(system_is_onboarded(cx, &onboarded));
    *out = (struct ServerConfigDto){
        .loginPageMessage = config->server.loginPageMessage,
        .trashDays = config->trash.days,
        .userDeleteDelay = config->user.deleteDelay,
        .oauthButtonText = config->oauth.buttonText,
        .isInitialized = has_admin || !cx->app->env->allow_setup,
        .isOnboarded = onboarded,
        .externalDomain = config->server.externalDomain,
        .publicUsers = config->server.publicUsers,
        .mapDarkStyleUrl = config->map.darkStyle,
        .mapLightStyleUrl = config->map.lightStyle,
        .minFaces = config->machineLearning.facialRecognition.minFaces,
    };
    return NULL;
}

fallible op_getSupportedMediaTypes(struct ctx *cx, struct ServerMediaTypesResponseDto *out)
{
    *out = (struct ServerMediaTypesResponseDto){
        .video.v = ARENA_ARRAY(cx->arena, str, mime_table_n),
        .image.v = ARENA_ARRAY(cx->arena, str, mime_table_n),
        .sidecar.v = ARENA_ARRAY(cx->arena, str, mime_table_n),
    };
    for (size_t i = 0; i < mime_table_n; i++) {
        const struct mime *mime = &mime_table[i];
        struct list_str *list = NULL;
        switch (mime->kind) {
        case MIME_IMAGE:
            list = &out->image;
            break;
        case MIME_VIDEO:
            list = &out->video;
            break;
        case MIME_SIDECAR:
            list = &out->sidecar;
            break;
        case MIME_WEB:
            break;
        }
        if (list) list->v[list->n++] = mime->extension;
    }
    return NULL;
}

static struct opt_str if_set(const char *text)
{
    return *text ? SOME(str, str_from(text)) : (struct opt_str){.is = ABSENT};
}

fallible op_getAboutInfo(struct ctx *cx, struct ServerAboutResponseDto *out)
{
    const struct env *env = cx->app->env;
    bool licensed;
    str license;
    TRY(system_document(cx, STR("license"), &licensed, &license));
    *out = (struct ServerAboutResponseDto){
        .version = STR("v" COMPATIBLE_VERSION),
        .versionUrl = STR(RELEASES "/tag/v" COMPATIBLE_VERSION),
        .licensed = licensed,
        .build = if_set(env->build),
        .buildUrl = if_set(env->build_url),
        .buildImage = if_set(env->build_image),
        .buildImageUrl = if_set(env->build_image_url),
        .repository = if_set(env->repository),
        .repositoryUrl = if_set(env->repository_url),
        .sourceRef = if_set(env->source_ref),
        .sourceCommit = if_set(env->source_commit),
        .sourceUrl = if_set(env->source_url),
        .thirdPartySourceUrl = if_set(env->third_party_source_url),
        .thirdPartyBugFeatureUrl = if_set(env->third_party_bug_feature_url),
        .thirdPartyDocumentationUrl = if_set(env->third_party_documentation_url),
        .thirdPartySupportUrl = if_set(env->third_party_support_url),
        /* Strict clients want texts here; the server maps none of these, so it says that they are
           not part of it. */
        .nodejs = SOME(str, STR("none")),
        .exiftool = SOME(str, STR("in the worker")),
        .ffmpeg = SOME(str, STR("in the worker")),
        .libvips = SOME(str, STR("in the worker")),
        .imagemagick = SOME(str, STR("none")),
    };
    return NULL;
}

fallible op_getApkLinks(struct ctx *cx, struct ServerApkLinksDto *out)
{
    *out = (struct ServerApkLinksDto){
        .arm64v8a = STR(RELEASES "/download/v" COMPATIBLE_VERSION "/app-arm64-v8a-release.apk"),
        .armeabiv7a = STR(RELEASES "/download/v" COMPATIBLE_VERSION "/app-armeabi-v7a-release.apk"),
        .universal = STR(RELEASES "/download/v" COMPATIBLE_VERSION "/app-release.apk"),
        .x86_64 = STR(RELEASES "/download/v" COMPATIBLE_VERSION "/app-x86_64-release.apk"),
    };
    return NULL;
}

/* "12.3 GiB"; bytes have no decimals. */
static str human_size(struct arena *a, int64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double size = (double)bytes;
    size_t unit = 0;
    while (size >= 1024 && unit + 1 < LENGTH(units)) {
        size /= 1024;
        unit++;
    }
    return str_fmt(a, "%.*f %s", unit ? 1 : 0, size, units[unit]);
}

fallible op_getStorage(struct ctx *cx, struct ServerStorageResponseDto *out)
{
    struct statvfs info;
    const char *library = str_fmt(cx->arena, "%s/library", cx->app->media).p;
    if (statvfs(library, &info) < 0) FAIL_ERRNO("statvfs", library);
    const int64_t block = (int64_t)info.f_frsize;
    const int64_t size = (int64_t)info.f_blocks * block;
    const int64_t use = size - (int64_t)info.f_bfree * block;
    const int64_t available = (int64_t)info.f_bavail * block;
    *out = (struct ServerStorageResponseDto){
        .diskAvailable = human_size(cx->arena, available),
        .diskSize = human_size(cx->arena, size),
        .diskUse = human_size(cx->arena, use),
        .diskAvailableRaw = available,
        .diskSizeRaw = size,
        .diskUseRaw = use,
        .diskUsagePercentage = size ? round((double)use / (double)size * 10000) / 100 : 0,
    };
    return NULL;
}

fallible op_getServerStatistics(struct ctx *cx, struct ServerStatsResponseDto *out)
{
    struct list_UsageByUserDto users;
    TRY(sql_server_usage_by_user(cx, &users));
    *out = (struct ServerStatsResponseDto){.usageByUser = users};
    for (size_t i = 0; i < users.n; i++) {
        const struct UsageByUserDto *user = &users.v[i];
        out->photos += user->photos;
        out->videos += user->videos;
        out->usage += user->usage;
        out->usagePhotos += user->usagePhotos;
        out->usageVideos += user->usageVideos;
    }
    return NULL;
}
