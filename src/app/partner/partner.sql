-- Partners: users who share their timeline with another. A row says who by and who with; who has left is hidden.

-- The people the caller shares with.
-- sql: partner_list_shared_by(user uuid) -> many PartnerResponseDto
SELECT u.id, u.email, u.name, u."profileImagePath", tintype.user_avatar(u."avatarColor", u.email) AS "avatarColor",
    u."profileChangedAt", p."inTimeline"
FROM partner p
JOIN "user" u ON u.id = p."sharedWithId" AND u."deletedAt" IS NULL
WHERE p."sharedById" = $user
ORDER BY u.name, u.id;

-- The people who share with the caller.
-- sql: partner_list_shared_with(user uuid) -> many PartnerResponseDto
SELECT u.id, u.email, u.name, u."profileImagePath", tintype.user_avatar(u."avatarColor", u.email) AS "avatarColor",
    u."profileChangedAt", p."inTimeline"
FROM partner p
JOIN "user" u ON u.id = p."sharedById" AND u."deletedAt" IS NULL
WHERE p."sharedWithId" = $user
ORDER BY u.name, u.id;

-- The pair, as one of both (who sees `other`) is shown it.
-- sql: partner_get(by uuid, with uuid, other uuid) -> maybe PartnerResponseDto
SELECT u.id, u.email, u.name, u."profileImagePath", tintype.user_avatar(u."avatarColor", u.email) AS "avatarColor",
    u."profileChangedAt", p."inTimeline"
FROM partner p
JOIN "user" u ON u.id = $other
WHERE p."sharedById" = $by AND p."sharedWithId" = $with;

-- 0 when that is no user.
-- sql: partner_insert(by uuid, with uuid) -> count
INSERT INTO partner ("sharedById", "sharedWithId")
SELECT $by, id FROM "user" WHERE id = $with AND "deletedAt" IS NULL;

-- sql: partner_update(by uuid, with uuid, inTimeline bool) -> void
UPDATE partner SET "inTimeline" = $inTimeline WHERE "sharedById" = $by AND "sharedWithId" = $with;

-- sql: partner_delete(by uuid, with uuid) -> count
DELETE FROM partner WHERE "sharedById" = $by AND "sharedWithId" = $with;
