#include "auth/device.h"
#include "core/size.h"
#include "http/request.h"

#include "core/banned.h"

/* Marks in a User-Agent and what they stand for; the first that is found decides, so that browsers
 * which carry another's name ("Chrome" in Edge, "Safari" in Chrome, "Linux" in Android) come first.
 */
struct mark {
    str text, name;
};

static const struct mark browsers[] = {
    {STR_INIT("Edg/"), STR_INIT("Edge")},
    {STR_INIT("OPR/"), STR_INIT("Opera")},
    {STR_INIT("SamsungBrowser/"), STR_INIT("Samsung Internet")},
    {STR_INIT("Vivaldi/"), STR_INIT("Vivaldi")},
    {STR_INIT("FxiOS/"), STR_INIT("Mobile Firefox")},
    {STR_INIT("CriOS/"), STR_INIT("Mobile Chrome")},
    {STR_INIT("Firefox/"), STR_INIT("Firefox")},
    {STR_INIT("HeadlessChrome/"), STR_INIT("Chrome Headless")},
    {STR_INIT("Chromium/"), STR_INIT("Chromium")},
    {STR_INIT("Chrome/"), STR_INIT("Chrome")},
    {STR_INIT("Mobile/"), STR_INIT("Mobile Safari")},
    {STR_INIT("Safari/"), STR_INIT("Safari")},
};

static const struct mark systems[] = {
    {STR_INIT("Android"), STR_INIT("Android")},
    {STR_INIT("iPhone"), STR_INIT("iOS")},
    {STR_INIT("iPad"), STR_INIT("iOS")},
    {STR_INIT("CrOS"), STR_INIT("Chrome OS")},
    {STR_INIT("Windows"), STR_INIT("Windows")},
    {STR_INIT("Mac OS X"), STR_INIT("macOS")},
    {STR_INIT("Ubuntu"), STR_INIT("Ubuntu")},
    {STR_INIT("Linux"), STR_INIT("Linux")},
};

static str find_mark(str agent, const struct mark *marks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_find(agent, marks[i].text) >= 0) return marks[i].name;
    }
    return STR("");
}

static bool is_version(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        const char c = s.p[i];
        const bool fine = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || strchr(".+-", c);
        if (!c || !fine) return false;
    }
    return s.n > 0;
}

/* The whole User-Agent of the official apps is a name and a version. */
static struct opt_str app_version(str agent)
{
    static const str prefixes[] = {
        STR_INIT("immich-android/"),
        STR_INIT("immich-ios/"),
        STR_INIT("immich-unknown/"),
        STR_INIT("Immich_Android_"),
        STR_INIT("Immich_iOS_"),
        STR_INIT("Immich_Unknown_"),
    };
    for (size_t i = 0; i < LENGTH(prefixes); i++) {
        if (!str_starts(agent, prefixes[i])) continue;
        const str version = str_slice(agent, prefixes[i].n, agent.n);
        if (is_version(version)) return SOME(str, version);
    }
    return NOTHING(str);
}

/* A header may hold any bytes; the column holds UTF-8. */
static str header_text(const struct request *request, str name)
{
    const str value = request_header(request, name);
    return value.p && str_is_utf8(value) ? value : STR("");
}

struct device device_of_request(const struct request *request)
{
    const str agent = str_is_utf8(request->user_agent) ? request->user_agent : STR("");
    struct device device = {
        .type = find_mark(agent, browsers, LENGTH(browsers)),
        .os = find_mark(agent, systems, LENGTH(systems)),
        .app_version = app_version(agent),
    };
    if (device.type.n == 0) device.type = header_text(request, STR("devicemodel"));
    if (device.os.n == 0) device.os = header_text(request, STR("devicetype"));
    return device;
}
