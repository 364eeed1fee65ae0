/**
 * The trash as a timeline of its own, and what can be done with all of it. The API does not tell when a photo was
 * deleted, so the photos are in the order of their own dates and the page says how long they stay.
 */
import { failureToast, PhotoActions } from '#features/actions';
import { Timeline } from '#features/timeline';
import { api, call } from '#lib/api/client';
import { t } from '#lib/i18n';
import type { Photo } from '#lib/photos';
import type { Toasts } from '#ui';
import { allTrashed, inBatches } from './all';

export class Trash {
  readonly timeline = new Timeline({ isTrashed: true });
  readonly actions: PhotoActions;
  /** How long photos stay; null before the server has told. */
  days = $state<number | null>(null);
  busy = $state(false);
  readonly #toasts: Toasts;

  constructor(userId: string, toasts: Toasts) {
    this.#toasts = toasts;
    const holds = (photo: Photo) => photo.isTrashed && photo.ownerId === userId;
    this.actions = new PhotoActions({ list: this.timeline, toasts, userId, holds });
  }

  async start(): Promise<void> {
    await Promise.all([this.timeline.start(), this.#askDays()]);
  }

  stop(): void {
    this.timeline.stop();
  }

  /** Up to `count` photos of those that are here, for a question that names them. */
  some(count: number): Photo[] {
    const data = this.timeline.grid.geometry.sections[0]?.data;
    return data ? Array.from({ length: Math.min(count, data.length) }, (_, i) => data.photo(i)) : [];
  }

  /** What keys mean: the selected photos, else the one that has the focus. */
  meant(): Photo[] {
    if (this.timeline.selection.active) return this.timeline.selection.photos();
    const id = document.activeElement?.closest<HTMLElement>('[data-photo]')?.dataset.photo;
    const photo = id === undefined ? undefined : this.timeline.get(id);
    return photo ? [photo] : [];
  }

  async restoreAll(): Promise<void> {
    await this.#attempt(t('trash.restoreRefused'), async () => {
      // Asked for first: afterwards nobody knows which ones they were.
      const ids = await allTrashed();
      const { count } = await call(api.POST('/trash/restore'));
      await this.timeline.refresh();
      const undo = { title: t('trash.undo'), run: () => this.#takeBack(ids) };
      this.#toasts.show({ text: t('trash.restored', { count }), action: undo });
    });
  }

  async empty(): Promise<void> {
    await this.#attempt(t('trash.emptyRefused'), async () => {
      const { count } = await call(api.POST('/trash/empty'));
      await this.timeline.refresh();
      this.#toasts.show({ text: t('trash.emptied', { count }) });
    });
  }

  async #takeBack(ids: readonly string[]): Promise<void> {
    await this.#attempt(t('trash.undoRefused'), async () => {
      await inBatches(ids, (batch) => call(api.DELETE('/assets', { body: { ids: batch } })));
      await this.timeline.refresh();
    });
  }

  async #attempt(refused: string, what: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await what();
    } catch (cause) {
      this.#toasts.show(failureToast(refused, cause));
      void this.timeline.refresh();
    } finally {
      this.busy = false;
    }
  }

  async #askDays(): Promise<void> {
    try {
      this.days = (await call(api.GET('/server/config'))).trashDays;
    } catch {
      // The page does without that line.
    }
  }
}
