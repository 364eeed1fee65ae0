/** Keys with which programs sign in. */
import { api, ApiError, call, type Schema } from '#lib/api/client';

export type ApiKey = Schema['ApiKeyResponseDto'];
export type Scope = 'upload' | 'all';

/** What the command line tool needs to bring in photos and put them into albums, and nothing that shows or deletes one. */
const PERMISSIONS: Record<Scope, Schema['Permission'][]> = {
  upload: ['asset.upload', 'user.read', 'album.read', 'album.create', 'albumAsset.create'],
  all: ['all'],
};

/** In plain words: everything, only bringing in, or a choice that was made elsewhere. */
export function scopeOf({ permissions }: Pick<ApiKey, 'permissions'>): Scope | 'some' {
  if (permissions.includes('all')) return 'all';
  const isUpload = permissions.includes('asset.upload') && permissions.every((one) => PERMISSIONS.upload.includes(one));
  return isUpload ? 'upload' : 'some';
}

export class ApiKeys {
  list = $state.raw<ApiKey[] | undefined>();
  failed = $state.raw<ApiError | undefined>();
  busy = $state(false);

  async load(): Promise<void> {
    await this.#try(async () => {
      this.list = await call(api.GET('/api-keys'));
    });
  }

  /** The secret, which is told this once; undefined when there is no key, and `failed` says why. */
  async create(name: string, scope: Scope): Promise<string | undefined> {
    let secret: string | undefined;
    await this.#try(async () => {
      const body = { name: name.trim(), permissions: PERMISSIONS[scope] };
      const made = await call(api.POST('/api-keys', { body }));
      secret = made.secret;
      this.list = [made.apiKey, ...(this.list ?? [])];
    });
    return secret;
  }

  async remove(key: ApiKey): Promise<boolean> {
    return this.#try(async () => {
      await call(api.DELETE('/api-keys/{id}', { params: { path: { id: key.id } } }));
      this.list = this.list?.filter(({ id }) => id !== key.id);
    });
  }

  async #try(work: () => Promise<void>): Promise<boolean> {
    this.failed = undefined;
    this.busy = true;
    try {
      await work();
      return true;
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      this.failed = cause;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
