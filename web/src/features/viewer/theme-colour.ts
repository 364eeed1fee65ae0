/** The browser's own bars take the colour of the stage while the viewer is open. */
export function stageColour(viewer: HTMLElement): () => void {
  const metas = [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')];
  const before = metas.map((meta) => meta.content);
  const colour = getComputedStyle(viewer).getPropertyValue('--stage').trim();
  for (const meta of metas) meta.content = colour;
  return () => metas.forEach((meta, i) => (meta.content = before[i]!));
}
