// What tests call: people who use the server, plain requests, the database, a websocket.

import { execFile } from 'node:child_process';
import { createApiKey, createUserAdmin, login, type Permission, type UserAdminCreateDto } from '@immich/sdk';
import { inject } from 'vitest';

export interface Caller {
  id: string;
  email: string;
  password: string;
  token: string;
  /** For the SDK: getMyUser(caller) */
  headers: Record<string, string>;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export function admin(): Caller {
  const { id, email, password, token } = inject('admin');
  return { id, email, password, token, headers: bearer(token) };
}

let users = 0;

/** A person whom nobody else in this run is: made by the administrator, signed in. */
export async function newUser(more: Partial<UserAdminCreateDto> = {}): Promise<Caller> {
  const name = `user-${Date.now()}-${++users}`;
  const account = { email: `${name}@example.com`, password: 'the password', name, ...more };
  const { id } = await createUserAdmin({ userAdminCreateDto: account }, admin());
  return { ...(await signIn(account)), id };
}

export async function signIn(account: { email: string; password: string }, headers = {}): Promise<Caller> {
  const { email, password } = account;
  const { accessToken: token, userId: id } = await login({ loginCredentialDto: { email, password } }, { headers });
  return { id, email, password, token, headers: bearer(token) };
}

/** Headers of a new API key with these permissions. */
export async function newKey(caller: Caller, ...permissions: Permission[]): Promise<{ headers: { 'x-api-key': string } }> {
  const { secret } = await createApiKey({ apiKeyCreateDto: { name: 'key', permissions } }, caller);
  return { headers: { 'x-api-key': secret } };
}

/** Status and message of a call that must not succeed. */
export async function refusal(call: Promise<unknown>): Promise<[number, string]> {
  try {
    await call;
  } catch (error) {
    const { status, data } = error as { status?: number; data?: { message: string } | string };
    // The SDK leaves the answers of operations without a result as text.
    if (status && data) return [status, (typeof data === 'string' ? JSON.parse(data) : data).message];
    throw error;
  }
  throw new Error('the call was not refused');
}

export interface Answer {
  status: number;
  headers: Headers;
  cookies: string[];
  text: string;
  json: any;
}

export interface Sent {
  headers?: Record<string, string>;
  json?: unknown;
  body?: string | FormData;
}

/** A request as it goes over the wire, for what the SDK hides: path is everything behind the port. */
export async function send(method: string, path: string, { headers = {}, json, body }: Sent = {}): Promise<Answer> {
  const response = await fetch(inject('url') + path, {
    method,
    redirect: 'manual',
    headers: json === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: json === undefined ? body : JSON.stringify(json),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    headers: response.headers,
    cookies: response.headers.getSetCookie(),
    text,
    json: text && type.split(';')[0] === 'application/json' ? JSON.parse(text) : undefined,
  };
}

export const hasDatabase = () => inject('databaseUrl') !== '';

/** sql`SELECT name FROM "user" WHERE id = ${id}`: what psql prints, rows by line, columns by "|". */
export async function sql(parts: TemplateStringsArray, ...values: (string | number)[]): Promise<string> {
  const program = process.env.TINTYPE_POSTGRESQL_BIN ? `${process.env.TINTYPE_POSTGRESQL_BIN}/psql` : 'psql';
  const variables = values.flatMap((value, i) => ['-v', `v${i}=${value}`]);
  const query = parts.reduce((text, part, i) => `${text}:'v${i - 1}'${part}`);
  return new Promise((resolve, reject) => {
    const options = ['-XqAt', '-v', 'ON_ERROR_STOP=1', ...variables, '-d', inject('databaseUrl')];
    const child = execFile(program, options, (error, stdout) => (error ? reject(error) : resolve(stdout.trimEnd())));
    child.stdin?.end(query);
  });
}

/** Headers of a new shared link, to an album or to single assets. */
export async function newLink(owner: Caller, to: { album?: string; assets?: string[]; download?: boolean }): Promise<Record<string, string>> {
  const type = to.album ? 'ALBUM' : 'INDIVIDUAL';
  const line = await sql`INSERT INTO shared_link (key, type, "userId", "albumId", "allowDownload")
    VALUES (sha256(gen_random_uuid()::text::bytea), ${type}, ${owner.id}, nullif(${to.album ?? ''}, '')::uuid, ${String(to.download ?? true)}::bool)
    RETURNING id, translate(encode(key, 'base64'), '+/=', '-_')`;
  const [id, key] = line.split('|') as [string, string];
  for (const asset of to.assets ?? []) await sql`INSERT INTO shared_link_asset ("sharedLinkId", "assetId") VALUES (${id}, ${asset})`;
  return { 'x-immich-share-key': key };
}
