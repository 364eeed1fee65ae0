-- The trash: assets that were deleted and may come back. What is being deleted for good has left it.

-- The owner's trash is emptied: what is in it is to be deleted for good.
-- sql: trash_empty(owner uuid) -> count
UPDATE asset SET status = 'deleted' WHERE "ownerId" = $owner AND status = 'trashed' AND "deletedAt" IS NOT NULL;

-- sql: trash_restore(owner uuid) -> count
UPDATE asset SET status = 'active', "deletedAt" = NULL
WHERE "ownerId" = $owner AND status = 'trashed' AND "deletedAt" IS NOT NULL;

-- sql: trash_restore_assets(ids uuid[]) -> void
UPDATE asset SET status = 'active', "deletedAt" = NULL WHERE id = ANY($ids) AND status = 'trashed';
