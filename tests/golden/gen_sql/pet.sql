-- Statements of every kind, for the golden test of tools/gen/gen_sql.py.

-- Uses pet_pkey: 20 µs.
-- sql: pet_get(id uuid) -> one PetDto
SELECT id, name, mood FROM pet WHERE id = $id; -- never NULL

-- sql: pet_name_find(id uuid) -> maybe text?
SELECT nickname FROM pet WHERE id = $id AND note <> 'costs $id; or --' /* nothing */;

-- row: pet_row (id uuid, name text?, tags text[], mood Mood?,
--     owner PetDto?, extra jsonb)

-- sql: pet_list(ids uuid[], moods Mood[], mood Mood, other Mood?, like vector) -> many pet_row
SELECT id, name, tags, mood, extra
FROM pet
WHERE id = ANY($ids) AND (mood = ANY($moods) OR mood = $mood OR mood = $other)
ORDER BY shape <-> $like;

-- sql: pet_ids(register bool) -> stream uuid
SELECT id FROM pet WHERE registered = $register;

-- sql: pet_herd() -> columns HerdDto
SELECT id, name FROM pet;

-- sql: pet_delete(before timestamptz?,
--     chip bytea, weight float8) -> count
DELETE FROM pet WHERE seen < $before AND chip = $chip AND weight = $weight;

-- sql: pet_touch() -> void
UPDATE pet SET seen = now();

-- sql: pet_search(owner uuid) -> query PetDto
SELECT id, name, mood FROM pet WHERE owner = $owner /*filters*/;
-- filter: pet_search.name(text null): name = $v | name IS NULL
-- filter: pet_search.ids(uuid[]): id = ANY($v)
-- filter: pet_search.isTagged(flag): tags <> '{}'
-- filter: pet_search.mood(Mood): mood = $v

-- part: pet_shown
note <> '{pet_shown}' AND seen > $since;
-- part: pet_name
id AS mark, name;

-- row: pet_line (mark uuid, line PetDto)
-- sql: pet_lines(owner uuid, since timestamptz, unused int) -> data pet_line
SELECT {pet_name} FROM pet WHERE {pet_shown};
