/**
 * Attach to a section that a link leads to: what stands above it may come later and push it away, so it is brought back
 * into view until somebody moves on.
 */
const LIMIT_MS = 3000;

export function arrive(wanted: () => boolean) {
  return (section: HTMLElement): (() => void) | undefined => {
    if (!wanted()) return undefined;
    const end = new AbortController();
    const sizes = new ResizeObserver(() => section.scrollIntoView());
    sizes.observe(document.body);
    const timer = setTimeout(() => end.abort(), LIMIT_MS);
    for (const name of ['wheel', 'pointerdown', 'keydown'] as const)
      addEventListener(name, () => end.abort(), { signal: end.signal, passive: true });
    end.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      sizes.disconnect();
    });
    return () => end.abort();
  };
}
