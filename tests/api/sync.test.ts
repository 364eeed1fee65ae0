// The sync stream as the official app uses it: batches of lines, acknowledged as they are stored, streams that break off.

import { addUsersToAlbum, createAlbum, deleteAssets, getSyncAck, sendSyncAck, updateAsset, updateSession, getSessions } from '@immich/sdk';
import { randomUUID } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import { describe, expect, inject, test } from 'vitest';
import { hasDatabase, newKey, newUser, refusal, send, signIn, sql, type Caller } from './support/client.ts';
import { upload } from './support/files.ts';

interface Line {
  type: string;
  data: Record<string, any>;
  ack: string;
}

// clients.md: what the app asks for, in its order.
const TYPES = `AuthUsersV1 UsersV1 AssetsV2 AssetExifsV1 AssetEditsV1 AssetMetadataV1 PartnersV1 PartnerAssetsV2 PartnerAssetExifsV1
  AlbumsV2 AlbumUsersV1 AlbumAssetsV2 AlbumAssetExifsV1 AlbumToAssetsV1 MemoriesV1 MemoryToAssetsV1 StacksV1 PartnerStacksV1
  UserMetadataV1 PeopleV1 AssetFacesV2 AssetOcrV1`.split(/\s+/);

const ask = (caller: { headers: Record<string, string> }, json: unknown) =>
  send('POST', '/api/sync/stream', { headers: { accept: 'application/jsonlines+json', ...caller.headers }, json });

/** Lines as the app splits them: text behind the last line feed is dropped, an empty line would stop it. */
const parse = (text: string): Line[] => text.split('\n').slice(0, -1).map((line) => JSON.parse(line));

async function stream(caller: Caller, types = TYPES): Promise<Line[]> {
  const answer = await ask(caller, { types });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/jsonlines+json');
  expect(answer.text.endsWith('\n')).toBe(true);
  return parse(answer.text);
}

/** The last ack of each run of lines of one kind. */
async function acknowledge(caller: Caller, lines: Line[]) {
  const acks = lines.filter(({ type }, i) => type !== lines[i + 1]?.type).map(({ ack }) => ack);
  await sendSyncAck({ syncAckSetDto: { acks } }, caller);
}

async function sync(caller: Caller, types = TYPES): Promise<Line[]> {
  const lines = await stream(caller, types);
  await acknowledge(caller, lines);
  return lines;
}

const kinds = (lines: Line[]) => lines.map(({ type }) => type);
const data = (lines: Line[], type: string) => lines.filter((line) => line.type === type).map((line) => line.data);

async function photos(owner: Caller, n: number): Promise<void> {
  await sql`INSERT INTO asset ("ownerId", type, "originalPath", "fileCreatedAt", "fileModifiedAt", checksum, "originalFileName",
      "localDateTime", "checksumAlgorithm")
    SELECT ${owner.id}, 'IMAGE', '/p/' || n, now(), now(), sha256((random() || n::text)::bytea), n || '.jpg', now(), 'sha1'
    FROM generate_series(1, ${n}) AS n`;
}

const become = (partner: Caller, of: Caller) =>
  sql`INSERT INTO partner ("sharedById", "sharedWithId") VALUES (${of.id}, ${partner.id})`;

/** What a table of the app's database holds, and refuses: rows that refer to one it does not have. */
class Phone {
  rows = new Map<string, Record<string, any>>();
  assets = () => [...this.rows.keys()].filter((key) => key.startsWith('asset|')).length;

  apply(lines: Line[]) {
    for (const { type, data } of lines) {
      if (type === 'AssetV2') this.rows.set(`asset|${data.id}`, data);
      if (type === 'AssetDeleteV1') this.rows.delete(`asset|${data.assetId}`);
      if (type === 'AssetExifV1' && !this.rows.has(`asset|${data.assetId}`)) throw new Error('exif of an asset that is not there');
    }
  }
}

describe('a device', () => {
  test('gets everything once, then what changed, then what was deleted', async () => {
    const me = await newUser();
    const id = await upload(me);
    const first = await sync(me);
    expect(kinds(first)).toEqual(expect.arrayContaining(['AuthUserV1', 'UserV1', 'AssetV2', 'AssetExifV1', 'SyncCompleteV1']));
    expect(data(first, 'AssetV2').map((asset) => asset.id)).toEqual([id]);
    expect(data(first, 'AuthUserV1')[0]).toMatchObject({ id: me.id, email: me.email, isAdmin: false });

    await updateAsset({ id, updateAssetDto: { isFavorite: true } }, me);
    expect(data(await sync(me, ['AssetsV2']), 'AssetV2')).toMatchObject([{ id, isFavorite: true }]);
    await sync(me);
    await deleteAssets({ assetBulkDeleteDto: { ids: [id], force: true } }, me);
    await expect.poll(async () => data(await stream(me, ['AssetsV2']), 'AssetDeleteV1'), { timeout: 10_000 }).toEqual([{ assetId: id }]);
  });

  test('is told that nothing is new in one line', async () => {
    const me = await newUser();
    await sync(me);
    await sync(me); // what jobs did behind the first
    const lines = await stream(me, ['AssetsV2', 'AlbumsV2', 'PeopleV1']);
    expect(kinds(lines)).toEqual(['SyncCompleteV1']);
    expect(lines[0]!.ack).toMatch(/^SyncCompleteV1\|[0-9a-f-]{36}\|/);
    expect(kinds(await stream(me, []))).toEqual(['SyncCompleteV1']);
  });

  test('has checkpoints of its own', async () => {
    const phone = await newUser();
    await upload(phone);
    const tablet = await signIn(phone);
    await sync(phone, ['AssetsV2']);
    expect(kinds(await sync(tablet, ['AssetsV2']))).toContain('AssetV2');
    expect((await getSyncAck(phone)).map(({ type }) => type).sort()).toEqual(['AssetV2', 'SyncCompleteV1']);
  });

  test('begins anew when it is told to', async () => {
    const me = await newUser();
    await upload(me);
    await sync(me, ['AssetsV2']);
    const session = (await getSessions(me)).find(({ current }) => current)!;
    await updateSession({ id: session.id, sessionUpdateDto: { isPendingSyncReset: true } }, me);
    expect(await stream(me, ['AssetsV2'])).toEqual([{ type: 'SyncResetV1', data: {}, ack: 'SyncResetV1|reset' }]);
    await sendSyncAck({ syncAckSetDto: { acks: ['SyncResetV1|reset'] } }, me);
    expect(kinds(await sync(me, ['AssetsV2']))).toContain('AssetV2');
    expect(kinds(parse((await ask(me, { types: ['AssetsV2'], reset: true })).text))).toContain('AssetV2');
  });
});

describe('what is refused', () => {
  test('API keys', async () => {
    const me = await newUser();
    const key = await newKey(me, 'all' as never);
    const answer = await ask(key, { types: ['UsersV1'] });
    expect([answer.status, answer.json.message]).toEqual([403, 'Sync endpoints cannot be used with API keys']);
    expect(await refusal(getSyncAck(key))).toEqual([403, 'Sync endpoints cannot be used with API keys']);
  });

  test('kinds of old versions, before anything is sent', async () => {
    const me = await newUser();
    const answer = await ask(me, { types: ['UsersV1', 'AssetsV1'] });
    expect([answer.status, answer.json.message]).toEqual([
      400,
      'SyncRequestType.AssetsV1 is deprecated, use SyncRequestType.AssetsV2 instead',
    ]);
    expect((await ask(me, { types: ['Nonsense'] })).json.message).toBe('Validation failed');
    // The app drops such checkpoints once, when it was updated.
    for (const types of [['AlbumV1'], ['AssetV1', 'PartnerAssetV1', 'AlbumAssetCreateV1', 'AlbumAssetUpdateV1'], ['AssetV1', 'AssetV2']])
      expect((await send('DELETE', '/api/sync/ack', { headers: me.headers, json: { types } })).status).toBe(204);
  });

  test('acks of no kind', async () => {
    const me = await newUser();
    expect(await refusal(sendSyncAck({ syncAckSetDto: { acks: ['Nope|x'] } }, me))).toEqual([400, 'Invalid ack type: Nope']);
  });
});

describe('shares', () => {
  test('an album that is shared later comes whole, and only once', async () => {
    const owner = await newUser();
    const guest = await newUser();
    await sync(guest);
    const id = await upload(owner);
    const first = await createAlbum({ createAlbumDto: { albumName: 'First', assetIds: [id] } }, owner);
    const second = await createAlbum({ createAlbumDto: { albumName: 'Second', assetIds: [id] } }, owner);
    const share = (album: { id: string }) =>
      addUsersToAlbum({ id: album.id, addUsersDto: { albumUsers: [{ userId: guest.id }] } }, owner);

    await share(first);
    const fresh = await sync(guest);
    expect(kinds(fresh)).toEqual(expect.arrayContaining(['AlbumAssetCreateV2', 'AlbumV2', 'AlbumUserV1', 'AlbumToAssetV1']));
    expect(data(fresh, 'AlbumV2')).toMatchObject([{ id: first.id, name: 'First' }]);
    await sync(guest);

    await share(second);
    const later = await sync(guest);
    expect(data(later, 'AlbumAssetBackfillV2')).toMatchObject([{ id }]);
    expect(data(later, 'AlbumToAssetBackfillV1')).toEqual([{ albumId: second.id, assetId: id }]);
    expect(data(later, 'AlbumV2')).toMatchObject([{ id: second.id }]);
    const again = kinds(await sync(guest)).filter((kind) => kind.startsWith('Album') || kind === 'SyncAckV1');
    expect(again).toEqual([]);
  });

  test.runIf(hasDatabase())('a partner who is added later comes whole', async () => {
    const me = await newUser();
    const [old, fresh] = [await newUser(), await newUser()];
    const types = ['UsersV1', 'PartnersV1', 'PartnerAssetsV2'];
    await photos(fresh, 3);
    await photos(old, 1);
    await become(me, old);
    expect(data(await sync(me, types), 'PartnerAssetV2')).toHaveLength(1);
    await become(me, fresh);
    const lines = await sync(me, types);
    expect(data(lines, 'PartnerAssetBackfillV2')).toHaveLength(3);
    expect(lines.filter(({ type }) => type === 'SyncAckV1').map(({ ack }) => ack.split('|')[2])).toEqual(['complete']);
    expect(kinds(await sync(me, types))).toEqual(['SyncCompleteV1']);
  });
});

describe.runIf(hasDatabase())('a large library', () => {
  /** The answer, its body still to come. */
  function begin(caller: Caller, types: string[]): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request(`${inject('url')}/api/sync/stream`, {
        method: 'POST',
        agent: false,
        headers: { ...caller.headers, 'content-type': 'application/json' },
      });
      sent.on('response', resolve).on('error', reject).end(JSON.stringify({ types }));
    });
  }

  test('arrives although every connection breaks off amid it', async () => {
    const me = await newUser();
    await photos(me, 20_000);
    const phone = new Phone();
    for (let tries = 0; ; tries++) {
      const answer = await begin(me, ['AssetsV2']);
      let text = '';
      for await (const part of answer.setEncoding('utf8')) {
        text += part;
        if (tries < 3 && text.length > 3_000_000) break; // which destroys the connection
      }
      const lines = parse(text.slice(0, text.lastIndexOf('\n') + 1));
      phone.apply(lines);
      await acknowledge(me, lines);
      if (lines.at(-1)!.type === 'SyncCompleteV1') {
        expect(tries).toBeGreaterThan(0);
        break;
      }
    }
    expect(phone.assets()).toBe(20_000);
    expect(kinds(await stream(me, ['AssetsV2']))).toEqual(['SyncCompleteV1']);
  });

  test('reaches one phone while others stand still', async () => {
    const me = await newUser();
    await photos(me, 20_000);
    const still = await Promise.all(Array.from({ length: 12 }, () => begin(me, ['AssetsV2'])));
    expect(data(await sync(me, ['AssetsV2']), 'AssetV2')).toHaveLength(20_000);
    for (const answer of still) answer.destroy();
  });

  test('keeps its references while photos change', async () => {
    const me = await newUser();
    await photos(me, 5_000);
    await sql`INSERT INTO asset_exif ("assetId") SELECT id FROM asset WHERE "ownerId" = ${me.id}`;
    const answer = await begin(me, ['AssetsV2', 'AssetExifsV1']);
    answer.pause();
    await sql`UPDATE asset SET "isFavorite" = true WHERE "ownerId" = ${me.id}`;
    let text = '';
    for await (const part of answer.setEncoding('utf8')) text += part;
    const phone = new Phone();
    const lines = parse(text);
    phone.apply(lines);
    expect(phone.assets()).toBe(5_000);
    expect(data(lines, 'AssetExifV1')).toHaveLength(5_000);
    await acknowledge(me, lines);
    phone.apply(await sync(me, ['AssetsV2', 'AssetExifsV1']));
    expect([...phone.rows.values()].every(({ isFavorite }) => isFavorite)).toBe(true);
  });

  test('a row that is committed late is not lost', async () => {
    const me = await newUser();
    const id = randomUUID();
    await sync(me, ['StacksV1', 'MemoriesV1']);
    const late = sql`BEGIN; INSERT INTO memory (id, "ownerId", type, data, "memoryAt") VALUES (${id}, ${me.id}, 'on_this_day', '{"year": 2020}', now());
      SELECT pg_sleep(1); COMMIT`;
    await new Promise((resolve) => setTimeout(resolve, 400));
    await sql`INSERT INTO memory ("ownerId", type, data, "memoryAt") VALUES (${me.id}, 'on_this_day', '{"year": 2021}', now())`;
    const during = await sync(me, ['MemoriesV1']);
    expect(data(during, 'MemoryV1').map(({ data }) => data.year)).not.toContain(2020);
    await late;
    expect(data(await sync(me, ['MemoriesV1']), 'MemoryV1').map((memory) => memory.id)).toContain(id);
  });
});
