/** Where one is signed in. */
import { api, ApiError, call, type Schema } from '#lib/api/client';
import { t } from '#lib/i18n';

type Device = Schema['SessionResponseDto'];

export class Devices {
  list = $state.raw<Device[] | undefined>();
  failed = $state.raw<ApiError | undefined>();
  readonly others = $derived(this.list?.filter((device) => !device.current) ?? []);

  async load(): Promise<void> {
    await this.#try(async () => {
      this.list = await call(api.GET('/sessions'));
    });
  }

  /** True when it is signed out there. */
  async end(device: Device): Promise<boolean> {
    return this.#try(async () => {
      await call(api.DELETE('/sessions/{id}', { params: { path: { id: device.id } } }));
      this.list = this.list?.filter(({ id }) => id !== device.id);
    });
  }

  async endOthers(): Promise<boolean> {
    return this.#try(async () => {
      await call(api.DELETE('/sessions'));
      this.list = this.list?.filter(({ current }) => current);
    });
  }

  async #try(work: () => Promise<void>): Promise<boolean> {
    this.failed = undefined;
    try {
      await work();
      return true;
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      this.failed = cause;
      return false;
    }
  }
}

/** What it is, as far as it has told. */
export function nameOf({ deviceType, deviceOS, appVersion }: Device): string {
  if (appVersion) return t('settings.deviceApp', { system: deviceOS || deviceType || '?' });
  if (deviceType && deviceOS) return t('settings.deviceBrowser', { browser: deviceType, system: deviceOS });
  return deviceType || deviceOS || t('settings.deviceUnknown');
}
