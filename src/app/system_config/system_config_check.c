#include "core/arena.h"
#include "gen/api.h"
#include "job/cron.h"
#include "json/formats.h"
#include "json/issues.h"

#include "core/banned.h"

static bool is_empty_or_url(str text)
{
    return text.n == 0 || format_check(FORMAT_URL, text);
}

void check_issuer_url(const str *text, struct issues *issues)
{
    if (!is_empty_or_url(*text))
        issue_add(issues, NULL, "Issuer URL must be an empty string or a valid URL");
}

void check_end_session_endpoint(const str *text, struct issues *issues)
{
    if (!is_empty_or_url(*text))
        issue_add(issues, NULL, "endSessionEndpoint must be an empty string or a valid URL");
}

void check_external_domain(const str *text, struct issues *issues)
{
    if (!is_empty_or_url(*text))
        issue_add(issues, NULL, "External domain must be an empty string or a valid URL");
}

void check_oauth_mobile_redirect(const struct SystemConfigOAuthDto *dto, struct issues *issues)
{
    if (dto->mobileOverrideEnabled && !is_empty_or_url(dto->mobileRedirectUri))
        issue_add(issues, NULL, "Mobile redirect URI must be an empty string or a valid URL");
}

void check_cron(const str *text, struct issues *issues)
{
    struct cron cron;
    str why;
    if (!cron_parse(issues->arena, *text, &cron, &why))
        issue_add(issues, NULL, "Invalid cron expression. %.*s", FMT(why));
}
