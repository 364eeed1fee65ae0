/** A video as it plays: what its controls and keys do. The <video> is bound by VideoPlayer; sound and speed stay from one video to the next. */
export type Failure = 'unplayable' | 'unreachable';

export const SPEEDS = [0.25, 0.5, 1, 1.25, 1.5, 2];
const USUAL_FRAME_S = 1 / 30;

export class Player {
  paused = $state(true);
  time = $state(0);
  /** NaN until the browser knows. */
  duration = $state(Number.NaN);
  volume = $state(1);
  muted = $state(false);
  rate = $state(1);
  waiting = $state(false);
  /** It was played: its own frame is on screen, not the preview. */
  started = $state(false);
  failure = $state<Failure | undefined>();
  element = $state.raw<HTMLVideoElement | undefined>();
  #frame = USUAL_FRAME_S;

  /** Another video, or none. */
  reset(): void {
    this.paused = true;
    this.time = 0;
    this.duration = Number.NaN;
    this.started = false;
    this.waiting = false;
    this.failure = undefined;
    this.#frame = USUAL_FRAME_S;
  }

  toggle(): void {
    if (!this.element || this.failure) return;
    if (!this.element.paused) return this.element.pause();
    this.started = true;
    // A refusal (no file, no codec) comes as an error event, with its reason.
    this.element.play().catch(() => {});
  }

  seek(seconds: number): void {
    if (!this.element) return;
    this.started = true;
    this.element.currentTime = Math.min(this.duration || 0, Math.max(0, seconds));
  }

  /** One frame on (1) or back (−1). */
  step(way: 1 | -1): void {
    if (!this.element || this.failure) return;
    this.element.pause();
    this.seek(this.element.currentTime + way * this.#frame);
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    if (!muted && this.volume === 0) this.volume = 0.5;
  }

  setVolume(volume: number): void {
    this.volume = volume;
    this.muted = volume === 0;
  }

  /** Learns how long a frame lasts from those that were shown. */
  watchFrames(video: HTMLVideoElement): () => void {
    let handle = 0;
    let last: number | undefined;
    const onframe = (_: number, frame: VideoFrameCallbackMetadata) => {
      const passed = last === undefined ? 0 : frame.mediaTime - last;
      if (passed > 0.001 && passed < 0.25 && !video.paused) this.#frame = passed;
      last = frame.mediaTime;
      handle = video.requestVideoFrameCallback(onframe);
    };
    if (!('requestVideoFrameCallback' in video)) return () => {};
    handle = video.requestVideoFrameCallback(onframe);
    return () => video.cancelVideoFrameCallback(handle);
  }

  failed(error: MediaError | null): void {
    this.failure = error?.code === MediaError.MEDIA_ERR_NETWORK || !navigator.onLine ? 'unreachable' : 'unplayable';
  }

  retry(): void {
    this.failure = undefined;
    this.element?.load();
    this.toggle();
  }
}
