#include "gen/api.h"
#include "json/issues.h"

#include "core/banned.h"

/* Import paths and exclusion patterns; the contract allows 128, so pairs are few. */
void check_unique_texts(const struct list_str *texts, struct issues *issues)
{
    bool blank = false, twice = false;
    for (size_t i = 0; i < texts->n; i++) {
        blank = blank || str_trim(texts->v[i]).n == 0;
        for (size_t k = 0; k < i; k++)
            twice = twice || str_eq(texts->v[i], texts->v[k]);
    }
    if (blank) issue_add(issues, NULL, "Array items must not be empty");
    if (twice) issue_add(issues, NULL, "Array must have unique items");
}
