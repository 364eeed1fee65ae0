/**
 * What can be done with photos, as data for the selection bar, the viewer, menus and keys. The screen changes in the
 * same frame; a refusal takes that back and says so. Everything but deleting for good can be undone.
 *
 * Made by a page for its list; `ActionDialogs` must be on that page, it asks before deleting.
 */
import type { Toasts } from '#ui';
import type { Action } from '#lib/actions';
import { api, call } from '#lib/api/client';
import { type MessageKey, t } from '#lib/i18n';
import type { Photo, PhotoList } from '#lib/photos';
import { sendBatches } from './batches';
import { download } from './download';
import { failureToast } from './failure';
import { type Undoable, UndoQueue } from './undo';
import { countWords } from './words';

export interface PhotoActionsOptions {
  list: Pick<PhotoList, 'insert' | 'remove' | 'update'>;
  toasts: Pick<Toasts, 'show'>;
  userId: string;
  /** Is such a photo in this list? An archived one leaves the timeline, but not an album. */
  holds: (photo: Photo) => boolean;
}

/** A change that is its own opposite the other way round. */
interface Change {
  to: Partial<Photo>;
  back: Partial<Photo>;
  send(ids: string[]): Promise<unknown>;
  takeBack(ids: string[]): Promise<unknown>;
  done: MessageKey;
  refused: MessageKey;
}

/** A question that waits for its answer. */
export interface Question {
  photos: readonly Photo[];
  answer(yes: boolean): void;
}

const setFavorite = (isFavorite: boolean) => (ids: string[]) => call(api.PUT('/assets', { body: { ids, isFavorite } }));
const setVisibility = (visibility: 'archive' | 'timeline') => (ids: string[]) =>
  call(api.PUT('/assets', { body: { ids, visibility } }));
const trash = (ids: string[]) => call(api.DELETE('/assets', { body: { ids } }));
const restore = (ids: string[]) => call(api.POST('/trash/restore/assets', { body: { ids } }));
const deleteForGood = (ids: string[]) => call(api.DELETE('/assets', { body: { ids, force: true } }));

/** The same change, the other way. */
const reversed = (change: Change, done: MessageKey, refused: MessageKey): Change => ({
  to: change.back,
  back: change.to,
  send: change.takeBack,
  takeBack: change.send,
  done,
  refused,
});

const FAVOURITE: Change = {
  to: { isFavorite: true },
  back: { isFavorite: false },
  send: setFavorite(true),
  takeBack: setFavorite(false),
  done: 'actions.favourite.done',
  refused: 'actions.favourite.refused',
};
const ARCHIVE: Change = {
  to: { visibility: 'archive' },
  back: { visibility: 'timeline' },
  send: setVisibility('archive'),
  takeBack: setVisibility('timeline'),
  done: 'actions.archive.done',
  refused: 'actions.archive.refused',
};
const TRASH: Change = {
  to: { isTrashed: true },
  back: { isTrashed: false },
  send: trash,
  takeBack: restore,
  done: 'actions.trash.done',
  refused: 'actions.trash.refused',
};

export class PhotoActions {
  /** Open while somebody is asked whether to delete for good. */
  question = $state.raw<Question | undefined>();
  readonly all: readonly Action<Photo[]>[];
  readonly undo = new UndoQueue();

  constructor(private readonly options: PhotoActionsOptions) {
    this.all = this.#actions();
  }

  /** Those that fit the photos, in the order of toolbars and menus. */
  for(photos: Photo[]): Action<Photo[]>[] {
    return photos.length ? this.all.filter((action) => action.when(photos)) : [];
  }

  undoLast(): Promise<boolean> {
    return this.undo.undoLast();
  }

  #actions(): Action<Photo[]>[] {
    const own = (photos: Photo[]) => photos.every((photo) => photo.ownerId === this.options.userId);
    const kept = (photos: Photo[]) => own(photos) && photos.every((photo) => !photo.isTrashed);
    const unlocked = (photos: Photo[]) => kept(photos) && photos.every((photo) => photo.visibility !== 'locked');
    const trashed = (photos: Photo[]) => own(photos) && photos.every((photo) => photo.isTrashed);
    const favourites = (photos: Photo[]) => photos.every((photo) => photo.isFavorite);
    const archived = (photos: Photo[]) => photos.every((photo) => photo.visibility === 'archive');
    const change = (what: Change) => (photos: Photo[]) => this.#change(photos, what);
    const unfavourite = reversed(FAVOURITE, 'actions.unfavourite.done', 'actions.unfavourite.refused');
    const unarchive = reversed(ARCHIVE, 'actions.unarchive.done', 'actions.unarchive.refused');
    const takeOut = reversed(TRASH, 'actions.restore.done', 'actions.restore.refused');
    return [
      { title: 'actions.favourite', icon: 'heart', key: 'f', when: (photos) => kept(photos) && !favourites(photos), run: change(FAVOURITE) },
      { title: 'actions.unfavourite', icon: 'heart', key: 'f', when: (photos) => kept(photos) && favourites(photos), run: change(unfavourite) },
      { title: 'actions.archive', icon: 'archive', key: 'Shift+A', when: (photos) => unlocked(photos) && !archived(photos), run: change(ARCHIVE) },
      { title: 'actions.unarchive', icon: 'unarchive', key: 'Shift+A', when: (photos) => unlocked(photos) && archived(photos), run: change(unarchive) },
      { title: 'actions.download', icon: 'download', key: 'Shift+D', when: () => true, run: (photos) => this.#download(photos) },
      { title: 'actions.restore', icon: 'restore', when: trashed, run: change(takeOut) },
      { title: 'actions.trash', icon: 'trash', key: 'Delete', when: kept, run: change(TRASH) },
      { title: 'actions.delete', icon: 'trash', key: 'Shift+Delete', when: own, run: (photos) => this.#deleteForGood(photos) },
    ];
  }

  /** Shows the change, asks the server, and offers to undo. Photos that are so already are left alone. */
  async #change(all: Photo[], change: Change): Promise<void> {
    const differs = (photo: Photo) => Object.entries(change.to).some(([key, value]) => photo[key as keyof Photo] !== value);
    const photos = all.filter(differs).map((photo) => ({ ...photo }));
    if (!photos.length) return;
    let done = photos;
    let undone = false;
    this.#show(photos, change.to);
    const undo = () => {
      undone = true;
      return this.#takeBack(done, change);
    };
    const entry: Undoable = { undo };
    this.undo.push(entry);
    this.#say(t(change.done, { things: countWords(photos) }), () => void this.undo.undo(entry));

    const outcome = await this.#send(photos, change.send);
    if (!outcome.refused.length) return;
    done = photos.slice(0, photos.length - outcome.refused.length);
    if (!done.length) this.undo.drop(entry);
    if (!undone) this.#show(after(outcome.refused, change.to), change.back);
    this.#refused(change.refused, outcome.refused, outcome.reason, () => this.#change(outcome.refused, change));
  }

  async #takeBack(photos: Photo[], change: Change): Promise<void> {
    this.#show(after(photos, change.to), change.back);
    this.options.toasts.show({ text: t('actions.undone') });
    const outcome = await this.#send(photos, change.takeBack);
    if (!outcome.refused.length) return;
    this.#show(outcome.refused, change.to);
    this.#refused('actions.undo.refused', outcome.refused, outcome.reason, () => this.#takeBack(outcome.refused, change));
  }

  async #deleteForGood(all: Photo[]): Promise<void> {
    const photos = all.map((photo) => ({ ...photo }));
    if (!(await this.#ask(photos))) return;
    const gone = photos.filter(this.options.holds);
    this.options.list.remove(gone.map((photo) => photo.id));
    const outcome = await this.#send(photos, deleteForGood);
    const back = outcome.refused.filter(this.options.holds);
    if (outcome.refused.length < photos.length) {
      const deleted = photos.filter((photo) => !outcome.refused.includes(photo));
      this.options.toasts.show({ text: t('actions.delete.done', { things: countWords(deleted) }) });
    }
    if (!outcome.refused.length) return;
    if (back.length) this.options.list.insert(back);
    this.#refused('actions.delete.refused', outcome.refused, outcome.reason);
  }

  #ask(photos: Photo[]): Promise<boolean> {
    this.question?.answer(false);
    return new Promise((resolve) => {
      const answer = (yes: boolean) => {
        this.question = undefined;
        resolve(yes);
      };
      this.question = { photos, answer };
    });
  }

  async #download(photos: Photo[]): Promise<void> {
    const things = countWords(photos);
    const stop = new AbortController();
    const onarchive = (index: number, count: number) =>
      this.options.toasts.show({
        id: 'download',
        text: t('actions.download.busy', { things, part: index + 1, parts: count }),
        action: { title: t('actions.download.stop'), run: () => stop.abort() },
      });
    try {
      await download(photos, stop.signal, onarchive);
      if (photos.length > 1) this.options.toasts.show({ id: 'download', text: t('actions.download.done', { things }) });
    } catch (reason) {
      if (!stop.signal.aborted) this.#refused('actions.download.refused', photos, reason, () => this.#download(photos));
    }
  }

  async #send(photos: Photo[], send: (ids: string[]) => Promise<unknown>): Promise<{ refused: Photo[]; reason?: unknown }> {
    const ids = photos.map((photo) => photo.id);
    const outcome = await this.undo.inOrder(() => sendBatches(ids, send));
    return { refused: photos.slice(outcome.done.length), reason: outcome.reason };
  }

  /** Changes the list to what the photos become: some stay and look different, some leave, some come. */
  #show(photos: readonly Photo[], to: Partial<Photo>): void {
    const { list, holds } = this.options;
    const next = after(photos, to);
    const stay = next.filter((photo, i) => holds(photos[i]!) && holds(photo));
    const leave = next.filter((photo, i) => holds(photos[i]!) && !holds(photo));
    const come = next.filter((photo, i) => !holds(photos[i]!) && holds(photo));
    if (stay.length) list.update(stay.map((photo) => photo.id), to);
    if (leave.length) list.remove(leave.map((photo) => photo.id));
    if (come.length) list.insert(come);
  }

  #say(text: string, undo: () => void): void {
    this.options.toasts.show({ text, action: { title: t('actions.undo'), run: undo } });
  }

  #refused(key: MessageKey, photos: readonly Photo[], reason: unknown, retry?: () => Promise<void>): void {
    this.options.toasts.show(failureToast(t(key, { things: countWords(photos) }), reason, retry));
  }
}

function after(photos: readonly Photo[], to: Partial<Photo>): Photo[] {
  return photos.map((photo) => ({ ...photo, ...to }));
}
