/**
 * Everything that can be done in the viewer, for its buttons, keys and fingers alike. Made by the Viewer component while
 * it is being created: it has effects.
 */
import { tick, untrack } from 'svelte';
import { failureToast, type PhotoActions, photoName } from '#features/actions';
import type { Action } from '#lib/actions';
import { api, call } from '#lib/api/client';
import { t } from '#lib/i18n';
import type { Photo, PhotoList } from '#lib/photos';
import type { Shortcut } from '#lib/shortcuts';
import type { Toasts } from '#ui';
import { fade, grow, shrink, tokenMs } from './flight';
import { Idle } from './idle.svelte';
import { viewerKeys } from './keys';
import { Player } from './player.svelte';
import { StageState } from './stage.svelte';
import { ViewerState } from './viewer.svelte';

export interface ControlsOptions {
  list: PhotoList;
  id: string;
  actions: PhotoActions;
  userId: string;
  toasts: Pick<Toasts, 'show'>;
  onmove: (id: string) => void;
  onclose: () => void;
}

/** From this width on the information is beside the picture, not over it. */
const BESIDE = 1024;
/** What keeps the chrome on screen: the keyboard is in it, or a menu of it is open. */
const IN_USE = '.chrome :focus-visible, .chrome [aria-haspopup][aria-expanded="true"]';

export class Controls {
  root = $state.raw<HTMLElement | undefined>();
  backdrop: HTMLElement | undefined;
  width = $state(0);
  info = $state(false);
  /** The moving part of a live photo plays. */
  live = $state(false);
  /** The first picture is there: what is less urgent may load. */
  ready = $state(false);
  closing = $state(false);

  readonly view: ViewerState;
  readonly stage: StageState;
  readonly player = new Player();
  readonly idle = new Idle(() => this.root?.querySelector(IN_USE) != null);
  /** The order of photos follows the script: in Arabic the next one is on the left. */
  readonly #rtl = getComputedStyle(document.documentElement).direction === 'rtl';
  /** Photos that this viewer takes out of the list: it moves on instead of telling that they are gone. */
  #leaving: string[] = [];

  readonly photo: Photo | undefined = $derived.by(() => this.view.photo);
  readonly isVideo = $derived(this.photo !== undefined && !this.photo.isImage);
  readonly mine = $derived.by(() => this.photo?.ownerId === this.options.userId);
  readonly offered: Action<Photo[]>[] = $derived.by(() => (this.photo ? this.options.actions.for([this.photo]) : []));
  readonly left: Photo | undefined = $derived.by(() => (this.#rtl ? this.view.next : this.view.previous));
  readonly right: Photo | undefined = $derived.by(() => (this.#rtl ? this.view.previous : this.view.next));
  /** What the open photo is called, for those who do not see it. */
  readonly name: string = $derived.by(() => this.#name());
  /** Read aloud whenever another photo opens: what it is, and where one is. */
  readonly announcement: string = $derived.by(() => [this.name, this.#position()].filter(Boolean).join('. '));

  constructor(private readonly options: ControlsOptions) {
    this.view = new ViewerState(options.list, options.id, options.onmove);
    this.stage = new StageState(
      {
        step: (side) => this.view.move(this.#stepOf(side)),
        canStep: (side) => (side === 1 ? this.right : this.left) !== undefined,
        close: () => void this.close(),
        tap: (_, pointer) => this.#tap(pointer),
        press: () => (this.live ||= this.photo?.livePhotoVideoId != null),
        release: () => (this.live = false),
      },
      () => tokenMs('--t-2'),
    );
    $effect.pre(() => this.#opened(this.view.id));
    $effect.pre(() => this.#fitted());
    $effect(() => this.#moveOn());
  }

  /** The screen has the viewer: the picture comes from its tile. */
  arrive(): void {
    if (this.backdrop) void fade(this.backdrop, 'in');
    void tick().then(() => {
      const flying = this.#flying();
      if (flying) grow(flying, this.stage.place, this.options.list.rectOf(this.view.id));
    });
  }

  /** The picture goes back to its tile, then the page closes the viewer. */
  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    this.view.end();
    this.info = false;
    if (document.fullscreenElement) await document.exitFullscreen().catch(() => {});
    const { list, onclose } = this.options;
    if (this.photo) list.reveal(this.view.id);
    await tick();
    const flying = this.photo && this.#flying();
    this.stage.settle();
    const flight = flying ? shrink(flying, this.stage.place, list.rectOf(this.view.id)) : undefined;
    await Promise.all([flight, this.backdrop && fade(this.backdrop, 'out')]);
    onclose();
  }

  async run(action: Action<Photo[]>): Promise<void> {
    if (!this.photo) return;
    const { id } = this.photo;
    const listed = this.options.list.get(id) !== undefined;
    this.#leaving.push(id);
    await action.run([this.photo]);
    this.#leaving = this.#leaving.filter((one) => one !== id);
    // A list that does not have this photo is not told of the change.
    if (!listed && this.view.id === id) await this.view.loadInfo();
  }

  /** 1 to 5 stars; 0 takes the rating away. Shown at once, taken back when the server refuses. */
  async rate(stars: number): Promise<void> {
    const { info } = this.view;
    if (!this.mine || !info?.exifInfo) return;
    const rating = stars || null;
    this.view.updated({ ...info, exifInfo: { ...info.exifInfo, rating } });
    try {
      await call(api.PUT('/assets/{id}', { params: { path: { id: info.id } }, body: { rating } }));
    } catch (reason) {
      this.view.updated(info);
      this.options.toasts.show(failureToast(t('viewer.info.rating.refused'), reason, () => this.rate(stars)));
    }
  }

  /** To what is on the right (1) or left (−1) of the picture. */
  side(side: 1 | -1): void {
    void this.view.move(this.#stepOf(side));
  }

  toggleInfo(): void {
    this.info = !this.info;
  }

  fullscreen(): void {
    if (document.fullscreenElement) void document.exitFullscreen();
    // All of the page: toasts and questions are not inside the viewer.
    else void document.documentElement.requestFullscreen().catch(() => {});
  }

  keys(): Shortcut[] {
    // A question above the viewer has the keyboard to itself.
    if (this.closing || document.querySelector('dialog:modal')) return [];
    return viewerKeys(this);
  }

  /** Closes what is open above the picture, then the viewer. */
  escape(): void {
    if (this.info && this.width < BESIDE) this.info = false;
    else void this.close();
  }

  undo(): void {
    void this.options.actions.undoLast();
  }

  destroy(): void {
    this.view.end();
    this.stage.destroy();
    this.idle.destroy();
  }

  #stepOf(side: 1 | -1): 1 | -1 {
    return side === 1 === this.#rtl ? -1 : 1;
  }

  #flying(): Element | null | undefined {
    return this.root?.querySelector('[data-open]');
  }

  #tap(pointer: string): void {
    if (pointer !== 'mouse') this.idle.toggle();
    else if (this.isVideo) this.player.toggle();
  }

  #name(): string {
    const { photo, view } = this;
    if (!photo) return t('viewer.title');
    const description = view.info?.id === photo.id ? view.info.exifInfo?.description : undefined;
    const name = [photoName(photo), description].filter(Boolean).join('. ');
    return t(photo.isImage ? 'viewer.name.photo' : 'viewer.name.video', { name });
  }

  #position(): string | undefined {
    const place = this.photo && this.options.list.position(this.photo.id);
    return place && t('viewer.position', { number: place.index + 1, count: place.count });
  }

  /** Another photo: what belonged to the last one ends. */
  #opened(_id: string): void {
    untrack(() => {
      this.stage.reset();
      this.stage.pixels = { width: 0, height: 0 };
      this.live = false;
    });
  }

  #fitted(): void {
    this.stage.ratio = this.photo?.ratio ?? 1;
    this.stage.zoomable = this.photo?.isImage ?? false;
    const { width, height } = this.view.info ?? {};
    if (width && height) this.stage.pixels = { width, height };
  }

  /** The open photo has left the list by something that was done here. */
  #moveOn(): void {
    const { view } = this;
    if (view.status !== 'gone' || !this.#leaving.includes(view.id)) return;
    const beside = view.beside();
    if (beside) view.go(beside.id);
    else void this.close();
  }
}
