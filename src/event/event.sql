-- Events without Valkey: a message by NOTIFY, or a row and its id when it does not fit there.

-- sql: event_notify(message text) -> void
SELECT pg_notify('tintype_event', $message);

-- Its trigger notifies the id.
-- sql: event_insert(room text, name text, payload text) -> void
INSERT INTO tintype.event (room, name, payload) VALUES ($room, $name, $payload);

-- sql: event_payload(id int8) -> maybe text
SELECT payload FROM tintype.event WHERE id = $id;

-- sql: event_sweep() -> count
DELETE FROM tintype.event WHERE sent_at < now() - interval '5 minutes';
